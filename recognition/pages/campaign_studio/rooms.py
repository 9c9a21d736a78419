"""Every page of the studio, so that who imports the blueprint from here has them all."""

from recognition.pages.campaign_studio import editing, files, preview, starting, states, texts
from recognition.pages.campaign_studio.blueprint import blueprint

ROOMS = (editing, files, preview, starting, states, texts)

__all__ = ["ROOMS", "blueprint"]
