"""Pages for paper: one A4 sheet per desk as a PDF, drawn as vectors in the light palette, whatever the screen shows."""

from webmap.paper.asked import DESKS, Asked, read_link
from webmap.paper.page import print_page
from webmap.paper.typeface import load_faces

__all__ = ["DESKS", "Asked", "load_faces", "print_page", "read_link"]
