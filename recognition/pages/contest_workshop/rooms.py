"""Every page of the workshop, so that who imports the blueprint from here has them all."""

from recognition.pages.contest_workshop import editing, listing, overview, preview, states
from recognition.pages.contest_workshop.blueprint import blueprint

ROOMS = (editing, listing, overview, preview, states)

__all__ = ["ROOMS", "blueprint"]
