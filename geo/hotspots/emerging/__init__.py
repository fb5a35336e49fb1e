"""Emerging hot spots: how long, how steadily and which way each unit has been hot or cold, by steps of time."""
