"""Which unit each point lies in, how units roll up to their parents, and the proof that no row was lost."""
