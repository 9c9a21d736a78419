"""What members ask the community for, what was decided and why, and who got what by region."""
