"""Quests: learning in steps, proven by deeds."""
