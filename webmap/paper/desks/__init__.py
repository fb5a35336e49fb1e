"""What each desk's printed page says: its title, its map, its two columns, its methods."""
