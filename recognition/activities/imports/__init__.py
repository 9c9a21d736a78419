"""Deeds from a file: read line by line, checked, written in chunks."""
