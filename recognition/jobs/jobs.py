"""Jobs of this package."""

from recognition.jobs import sweep


def tidy() -> None:
    sweep.tidy()
