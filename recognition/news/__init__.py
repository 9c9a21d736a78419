"""What the council tells many: one text, many channels, and a record of what went where."""
