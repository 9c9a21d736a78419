"""Pictures people give us, made safe and kept by content."""
