"""Durable background work: a row for each job, Redis only as the doorbell."""
