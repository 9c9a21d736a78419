"""The sorts of places that announcements can go to; a new one is a file in `announcements/channels/` and a line here."""

from recognition.announcements.channels import chat, file, forum, matrix
from recognition.announcements.channels.piece import Adapter

ADAPTERS: dict[str, Adapter] = {one.name: one for one in (forum.ADAPTER, matrix.ADAPTER, chat.ADAPTER, file.ADAPTER)}


def offered(to_group: bool) -> dict[str, Adapter]:
    """Those that a group, or the house, can add a place of."""
    return {name: one for name, one in ADAPTERS.items() if one.is_offered() and (one.asks_secret or not to_group)}
