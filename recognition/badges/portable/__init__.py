"""Badges that leave the house: signed documents, their keys, the list of those taken back, and their addresses."""
