"""What has been told can be put right: withdrawn, corrected, confirmed. What was derived from it follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from recognition.activities.drain import Fact


@dataclass(frozen=True)
class Change:
    """A considered row as it was and as it is now. `after` None: it counts no longer; `before` None: it counts again."""

    before: Fact | None
    after: Fact | None

    @property
    def fact(self) -> Fact:
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is there
        return found


ChangeReaction = Callable[[Sequence[Change], datetime], None]
"""Called in the transaction of the change, for what the drain has added up already. Listed in wiring.CHANGES."""
