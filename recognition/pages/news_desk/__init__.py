"""The council's desk for announcements: writing, sending, what became of each, and the channels they go through."""
