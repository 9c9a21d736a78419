"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.backpack.views import bundle, elsewhere, mine, transcript
from recognition.backpack.views.blueprint import blueprint, install

ROOMS = (bundle, elsewhere, mine, transcript)

__all__ = ["ROOMS", "blueprint", "install"]
