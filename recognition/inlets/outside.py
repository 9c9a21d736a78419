"""Asking for what stands at an address that a member or a group named."""

from flask import current_app

from recognition.openbadges.fetching import BYTES, Client

REACHABLE = "inlets_may_reach"
"""In `app.extensions`: host and port pairs that may be asked although they are not public. Nothing but tests sets it."""


def client(most_bytes: int = BYTES) -> Client:
    """For one look: its seconds run from its first question on."""
    return Client(allowed=current_app.extensions.get(REACHABLE, ()), most_bytes=most_bytes)
