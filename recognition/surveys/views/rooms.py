"""Every page of surveys hangs on the blueprint once its file is read."""

from recognition.surveys.views import answering, reading
from recognition.surveys.views.blueprint import blueprint

__all__ = ["answering", "blueprint", "reading"]
