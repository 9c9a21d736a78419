"""Where deeds come from by themselves."""
