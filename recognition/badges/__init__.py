"""Badges and awards: recognition that reads the log."""
