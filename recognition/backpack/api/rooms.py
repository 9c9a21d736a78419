"""Every address of the interface, so that who imports the blueprint from here has them all."""

from recognition.backpack.api import credentials, discovery, profile
from recognition.backpack.api.blueprint import blueprint, install

ROOMS = (credentials, discovery, profile)

__all__ = ["ROOMS", "blueprint", "install"]
