"""`python -m bench.plot < figures.jsonl > growth.svg`: how the cost of one piece of work grows with what is there already.

A line a kind of work: 1 is its cost at the smaller size. What does not depend on the size stays level."""

import json
import sys
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, NamedTuple

WIDTH, LEFT, TOP, BOTTOM = 1320, 50, 60, 60
WIDE, HIGH, MOST = 150, 300, 3.0
COLOURS = ("#5b3fd6", "#c2410c", "#0f766e", "#a21caf", "#1d4ed8", "#4d7c0f", "#b91c1c", "#334155")
COST = {
    "P1": ("P1 drain, a deed", "batches of counters", lambda line: 1 / line["value"]),
    "P2": ("P2 backfill, a row", "a statement a badge", lambda line: line["value"] / line["size"]),
    "P4 rank": ("P4 rank", "Valkey ZREVRANK", lambda line: line["value"]),
    "P4 25 around, with ranks": ("P4 around me", "Valkey ZREVRANK and ZREVRANGE", lambda line: line["value"]),
    "P4 update with its counts, committed": ("P4 update", "the bare UPDATE, committed", lambda line: line["value"]),
}  # fmt: skip
"""By name: what the line is called, which of its references it is read beside, its cost for one piece of work."""


class Line(NamedTuple):
    label: str
    sizes: tuple[int, int]
    growth: float


def lines(figures: Iterable[dict[str, Any]], database: str) -> Iterator[Line]:
    seen: dict[str, list[tuple[int, float]]] = {}
    for one in figures:
        if one["database"] != database:
            continue
        label, reference, cost = COST.get(one["name"], ("", "", None))
        if cost and one["reference"] == reference and isinstance(one["size"], int):
            seen.setdefault(label, []).append((one["size"], cost(one)))
        if one["name"] == "P10" and one["reference"] == "10 deeds":
            what = one["size"].partition(", ")[2]
            yield Line(f"P10 a deed: {what}", (10, 10_000), one["value"] / one["reference_value"])
    for label, points in seen.items():
        (small, before), (large, after) = min(points), max(points)
        yield Line(label, (small, large), after / before)


def panel(title: str, drawn: list[Line], left: int) -> Iterator[str]:
    def y(growth: float) -> float:
        return TOP + HIGH * (1 - min(growth, MOST) / MOST)

    yield f'<text x="{left}" y="{TOP - 24}" font-weight="600" font-size="16">{escape(title)}</text>'
    for tick in (0, 0.5, 1, 1.5, 2, 2.5, 3):
        strong = ' stroke-width="1.6"' if tick == 1 else ""
        yield f'<line x1="{left}" x2="{left + WIDE}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#d4d4d8"{strong}/>'
        yield f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}x</text>'
    below = 0.0
    for number, line in enumerate(sorted(drawn, key=lambda line: -line.growth)):
        colour = COLOURS[number % len(COLOURS)]
        # Labels keep their distance, however close the lines end.
        below = max(y(line.growth), below + 16)
        end = f"{left + WIDE} {y(line.growth):.1f}"
        yield f'<path d="M{left} {y(1):.1f}L{end}" stroke="{colour}" stroke-width="2.4" fill="none"/>'
        yield f'<path d="M{end}L{left + WIDE + 10} {below:.1f}" stroke="{colour}" fill="none"/>'
        words = f"{line.growth:.2f}x  {line.label} ({line.sizes[0]:,} to {line.sizes[1]:,})"
        yield f'<text x="{left + WIDE + 14}" y="{below + 4:.1f}" fill="{colour}">{escape(words)}</text>'


def draw(figures: list[dict[str, Any]]) -> str:
    parts = []
    for place, (database, title) in enumerate((("sqlite", "SQLite"), ("postgresql", "PostgreSQL"))):
        parts += panel(title, list(lines(figures, database)), LEFT + place * WIDTH // 2)
    height = TOP + HIGH + BOTTOM
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="sans-serif" font-size="12" fill="#18181b">'
        "<title>How the cost of one piece of work grows with the size of what is there</title>"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    )
    foot = f'<text x="{LEFT}" y="{height - 20}">Cost at the larger size, as a multiple of the cost at the smaller one.</text>'
    return "\n".join([head, *parts, foot, "</svg>"])


if __name__ == "__main__":
    print(draw([json.loads(line) for line in sys.stdin if line.startswith("{")]))
