"""Writing announcements, sending them out, and what became of each."""
