"""What can stand in the way of an archive."""


class NotAnArchive(ValueError):
    """There are files that nobody wrote as an archive, and they would be lost."""


class OtherHouse(ValueError):
    """An archive of another site: its badges would vanish. The text is that site's address."""


class OtherAddress(ValueError):
    """All public badges name another address than the settings do. `found`: how many, by the address."""

    def __init__(self, found: dict[str, int]) -> None:
        super().__init__(", ".join(found))
        self.found = found
