"""What members carry: badges they earned elsewhere, and everything of theirs to take along."""
