"""The log of deeds, the criteria language that reads it, and the drain."""
