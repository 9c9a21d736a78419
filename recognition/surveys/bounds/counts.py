"""How people of a stratum answered, as numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, fields


class BadCounts(ValueError):
    """Its text says what is wrong, for whoever gave the counts."""


@dataclass(frozen=True)
class Counts:
    """Everybody on the roll is in one of the first five. `other`: partly, not sure, and whatever else is no yes. `shown`: of
    the silent ones, how many have shown elsewhere what was asked about. Raises BadCounts."""

    yes: int = 0
    no: int = 0
    other: int = 0
    declined: int = 0
    silent: int = 0
    shown: int = 0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise BadCounts(f"{one.name} has to be a whole number, 0 or more.")
        if self.shown > self.silent:
            raise BadCounts("More have shown it than are silent: only those who did not answer count here.")

    def __add__(self, more: "Counts") -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(more, one.name) for one in fields(self)))

    @property
    def people(self) -> int:
        return self.yes + self.no + self.other + self.declined + self.silent

    @property
    def not_yes(self) -> int:
        return self.no + self.other

    @property
    def answered(self) -> int:
        """Those of whom we know whether it is a yes."""
        return self.yes + self.not_yes

    @property
    def open(self) -> int:
        """Those of whom we do not know: declining to say is no more a no than silence is."""
        return self.declined + self.silent


def together(many: Iterable[Counts]) -> Counts:
    return sum(many, Counts())
