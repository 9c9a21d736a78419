"""The tables of contests, one file a noun."""
