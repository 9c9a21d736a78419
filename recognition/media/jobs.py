"""Jobs of this package."""

from recognition.media import services


def sweep() -> None:
    services.sweep()
