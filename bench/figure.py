"""One line of the result."""

from typing import Any


def figure(
    name: str, database: str, size: object, value: float, unit: str, reference: str, theirs: float, digits: int = 0
) -> dict[str, Any]:
    """`ratio` is always value / reference_value; whether more or less of it is good, docs/benchmarks.md says."""
    ratio = round(value / theirs, 2) if theirs else None
    shown, beside = (round(number, digits or None) for number in (value, theirs))
    return {"name": name, "database": database, "size": size, "value": shown, "unit": unit, "reference": reference,
            "reference_value": beside, "ratio": ratio}  # fmt: skip
