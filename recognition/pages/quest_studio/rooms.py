"""Every page of the studio, so that who imports the blueprint from here has them all."""

from recognition.pages.quest_studio import (
    bench,
    editing,
    listing,
    parcels,
    pictures,
    preview,
    starting,
    states,
    stepping,
    stopping,
    texts,
    versions,
)
from recognition.pages.quest_studio.blueprint import blueprint

ROOMS = (bench, editing, listing, parcels, pictures, preview, starting, states, stepping, stopping, texts, versions)

__all__ = ["ROOMS", "blueprint"]
