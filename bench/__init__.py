"""Figures of the product against references measured in the same run: `python3 dev.py bench [name ...]`."""
