"""Where incidents concentrate, and how sure that is: counts, Gi*, density, rates."""
