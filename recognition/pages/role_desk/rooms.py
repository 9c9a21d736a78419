"""Every page of the desk, so that who imports the blueprint from here has them all."""

from recognition.pages.role_desk import answering, entering, writing
from recognition.pages.role_desk.blueprint import blueprint

ROOMS = (answering, entering, writing)

__all__ = ["ROOMS", "blueprint"]
