"""Every page of contests hangs on the blueprint once its file is read."""

from recognition.contests.views import talk
from recognition.contests.views.blueprint import blueprint

__all__ = ["blueprint", "talk"]
