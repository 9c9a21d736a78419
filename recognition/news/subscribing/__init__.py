"""People without an account who want the public news by mail."""
