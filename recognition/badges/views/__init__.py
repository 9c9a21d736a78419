"""Pages of badges and awards: one file a noun."""
