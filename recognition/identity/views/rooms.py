"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.identity.views import claims, consent, group_logo, groups, keys, login, members, settings
from recognition.identity.views.blueprint import blueprint
from recognition.identity.views.group_logo import install

ROOMS = (claims, consent, group_logo, groups, keys, login, members, settings)

__all__ = ["ROOMS", "blueprint", "install"]
