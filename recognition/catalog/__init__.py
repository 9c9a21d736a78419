"""Badges, quests and campaigns as files, in and out."""
