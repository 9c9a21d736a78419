"""The verbs of the backpack."""
