"""The invented community of the first start."""
