"""Figures about the community: what "active" means in each area, and counts by day that name nobody."""
