"""What the cameras see: views from optics, their unions, what they hold of each unit's demand, and the gaps."""
