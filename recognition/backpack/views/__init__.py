"""Pages of badges from elsewhere."""
