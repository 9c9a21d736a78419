"""The sorts of places that announcements can go to; a new one is a file in `announcements/channels/` and a line here."""

from recognition.announcements.channels import chat, forum, matrix
from recognition.announcements.channels.piece import Adapter

ADAPTERS: dict[str, Adapter] = {one.name: one for one in (forum.ADAPTER, matrix.ADAPTER, chat.ADAPTER)}
