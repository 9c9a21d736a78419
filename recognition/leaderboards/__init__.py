"""Boards and standings: sums over the log that members opt in to."""
