"""Every page of quests hangs on the blueprint once its file is read."""

from recognition.quests.views import overriding, path, reviews, steps
from recognition.quests.views.blueprint import blueprint

__all__ = ["blueprint", "overriding", "path", "reviews", "steps"]
