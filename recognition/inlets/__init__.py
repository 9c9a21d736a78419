"""Deeds that come in by themselves: from forums, code hosts, feeds, calendars, wikis, learning records and mail."""
