"""Who did what to which thing; never edited."""
