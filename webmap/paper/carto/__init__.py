"""The map on paper: drawn as vectors from the units' display outlines, in the home's metric projection."""
