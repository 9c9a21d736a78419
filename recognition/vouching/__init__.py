"""What members say they belong to, and who says that they know and trust somebody. Neither gives a right."""
