"""What stands beside the map: each part draws itself down a column and says where it ended."""
