"""Every page of the studio, so that who imports the blueprint from here has them all."""

from recognition.pages.badge_studio import editing, explaining, flags, history, listing, preview, states
from recognition.pages.badge_studio.blueprint import blueprint

ROOMS = (editing, explaining, flags, history, listing, preview, states)

__all__ = ["ROOMS", "blueprint"]
