"""What can be wrong with a portable badge. Every text is for a log; the doors say their own sentences."""


class Unfit(Exception):
    """A document, key, token or picture that is not taken."""


class Malformed(Unfit):
    """Not what it claims to be: no JSON, no JWS, no Multikey, no picture."""


class TooLarge(Unfit):
    """More bytes, bits or work than any honest badge needs."""


class UnknownContext(Unfit):
    """A JSON-LD context that does not come with us; contexts are never fetched. `url` is its address."""

    def __init__(self, url: str) -> None:
        super().__init__(f"unknown context {url}")
        self.url = url


class UnknownTerm(Unfit):
    """A member no context defines: it would be neither signed nor checked. `term` is its name."""

    def __init__(self, term: str) -> None:
        super().__init__(f"unknown term {term}")
        self.term = term


class BadSignature(Unfit):
    """The signature is not the one of this content by this key."""


class BadKeys(Unfit):
    """A key file that must not be used. `faults` holds one text for each thing that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
