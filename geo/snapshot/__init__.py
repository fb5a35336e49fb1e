"""Immutable results of a build: made once, published by rename, read by every face."""
