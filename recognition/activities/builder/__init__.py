"""Rules made by hand: cards of a form, and the criteria data they stand for. Pure; knows nobody who uses rules."""
