"""What the invented people thank each other for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from recognition.activities import thanking


def say(planned: Sequence[Mapping[str, Any]], ids: Mapping[str, int], evening: datetime) -> None:
    """The thanks of one evening. Said again, they are the same thanks."""
    for one in planned:
        if one["by"] in ids and one["to"] in ids:
            thanking.thank(ids[one["by"]], ids[one["to"]], one["text"], evening, f"demo:{one['ago']}:{one['to']}")
