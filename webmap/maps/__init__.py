"""Folium elements: the page that the service sends, the same page as one file, and a unit layer for notebooks."""
