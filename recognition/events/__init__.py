"""Calls, meetings and workshops: when, where, who comes, and what came of them."""
