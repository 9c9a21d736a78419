"""Campaigns: a goal, its dates, and what belongs to it."""
