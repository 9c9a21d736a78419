"""Every page of the workshop, so that who imports the blueprint from here has them all."""

from recognition.pages.survey_studio import editing, listing, states
from recognition.pages.survey_studio.blueprint import blueprint

ROOMS = (editing, listing, states)

__all__ = ["ROOMS", "blueprint"]
