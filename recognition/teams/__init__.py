"""What a group would like to have done, and who has taken it on."""
