"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.objectives.views import asking, council, reading
from recognition.objectives.views.blueprint import blueprint

ROOMS = (asking, council, reading)

__all__ = ["ROOMS", "blueprint"]
