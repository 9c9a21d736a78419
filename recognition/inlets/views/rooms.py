"""Every page of this package that has the common blueprint, so that who imports it from here has them all."""

from recognition.inlets.views import accounts, hooks, suggestions
from recognition.inlets.views.blueprint import blueprint

ROOMS = (accounts, hooks, suggestions)

__all__ = ["ROOMS", "blueprint"]
