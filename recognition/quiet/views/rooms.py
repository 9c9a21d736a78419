"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.quiet.views import absence, certificate, question, rules
from recognition.quiet.views.blueprint import blueprint

ROOMS = (absence, certificate, question, rules)

__all__ = ["ROOMS", "blueprint"]
