"""Pages of staying in touch."""
