"""Contests: entries, the community's and a jury's vote, and counting that anybody can repeat."""
