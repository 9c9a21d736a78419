"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.mentoring.views import council, desk, mine
from recognition.mentoring.views.blueprint import blueprint

ROOMS = (council, desk, mine)

__all__ = ["ROOMS", "blueprint"]
