"""Pages of what comes in by itself, and whose it is."""
