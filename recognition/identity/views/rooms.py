"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.identity.views import claims, consent, groups, keys, login, members, settings
from recognition.identity.views.blueprint import blueprint

ROOMS = (claims, consent, groups, keys, login, members, settings)

__all__ = ["ROOMS", "blueprint"]
