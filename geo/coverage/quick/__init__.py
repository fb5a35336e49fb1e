"""What-if while a camera is dragged: nominal figures at one density, worked out again only where a change is seen."""
