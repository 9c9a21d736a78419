"""What can stand in the way of an archive."""


class NotAnArchive(ValueError):
    """There are files that nobody wrote as an archive, and they would be lost."""


class OtherHouse(ValueError):
    """An archive of another site: its badges would vanish. The text is that site's address."""
