"""Every page of the desk, so that who imports the blueprint from here has them all."""

from recognition.pages.news_desk import editing, preview, record, states
from recognition.pages.news_desk.blueprint import blueprint

ROOMS = (editing, preview, record, states)

__all__ = ["ROOMS", "blueprint"]
