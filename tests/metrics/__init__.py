"""Figures about the community."""
