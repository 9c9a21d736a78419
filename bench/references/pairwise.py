"""How often each candidate is before each other one, with numpy: a comparison of whole columns for each pair."""

import numpy as np


def matrix(columns: list[bytes]) -> list[list[int]]:
    """Cells are ranks, 0 is no opinion. Of the ways that were tried (one broadcast over blocks of ballots, a candidate against
    all others, a pair at a time) this is the fastest by far."""
    cells = [np.frombuffer(column, dtype=np.uint8) for column in columns]
    marked = [one > 0 for one in cells]
    found = [[0] * len(cells) for _column in cells]
    for a, one in enumerate(cells):
        for b, other in enumerate(cells):
            if a != b:
                found[a][b] = int(np.count_nonzero((one < other) & marked[a]))
    return found
