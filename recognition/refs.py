"""The address of anything, for the log, the audit and reports."""

from typing import NamedTuple


class Ref(NamedTuple):
    """Prints as `quest:what-is-mdm`; `id` is a slug where the thing has one, else a number."""

    kind: str
    id: str | int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
