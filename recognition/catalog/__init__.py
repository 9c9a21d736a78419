"""Badges, quests, campaigns and contests as files, in and out."""
