"""On how many ballots is A before B? For each two candidates.

A column is turned into planes: whole numbers of as many bits as there are ballots, the n-th plane with the n-th bit of each
cell. A few operations on planes then compare two columns on all ballots at once, and Python does them word by word in C."""

from array import array
from functools import lru_cache, reduce
from operator import or_
from sys import byteorder
from typing import TypeAlias

Column: TypeAlias = "bytes | bytearray | array[int]"
Planes = list[int]
"""The lowest bit first; the planes above the last are empty."""
Matrix = list[list[int]]
_SWAPS = ((4, 0x0F), (2, 0x33), (1, 0x55))


def planes(column: Column) -> Planes:
    """Bit i of plane n is bit n of cell i."""
    size = column.itemsize if isinstance(column, array) else 1
    raw = column.tobytes() if isinstance(column, array) else column
    width = -(-len(column) // 8)
    found: Planes = []
    for lane in range(size):
        offset = lane if byteorder == "little" else size - 1 - lane
        found += _turned([int.from_bytes(raw[offset + size * j :: 8 * size], "little") for j in range(8)], width)
    while found and not found[-1]:
        found.pop()
    return found


def _turned(eighths: list[int], width: int) -> Planes:
    """`eighths[j]` holds the bytes j, j + 8, j + 16, ...: each block of eight bytes is a square of 8 x 8 bits. All squares
    are mirrored in three steps, by swapping quarters of 4 x 4, 2 x 2 and 1 x 1 bits."""
    for step, mask in _masks(width):
        for j in range(8):
            if not j & step and (eighths[j] or eighths[j + step]):
                swap = ((eighths[j] >> step) ^ eighths[j + step]) & mask
                eighths[j + step] ^= swap
                eighths[j] ^= swap << step
    return eighths


@lru_cache(maxsize=1)
def _masks(width: int) -> list[tuple[int, int]]:
    """The columns of a count have one length."""
    return [(step, int.from_bytes(bytes((pattern,)) * width, "little")) for step, pattern in _SWAPS]


def marked(found: Planes) -> int:
    """A bit for each ballot that has an opinion on this candidate."""
    return reduce(or_, found, 0)


def lifted(found: Planes, every: int) -> Planes:
    """The same column with cells of 1 where it has 0. `every`: a bit for each ballot."""
    lowest, *rest = found or [0]
    return [lowest | (every ^ marked(found)), *rest]


def add(matrix: Matrix, columns: list[Planes], last: bool) -> None:
    """To `matrix[a][b]` the ballots whose cell for `a` is the lower one of the two. No opinion on one of them: the ballot takes
    no part in the pair, or with `last` the other is before it. No opinion on either: never."""
    known = [marked(column) for column in columns]
    depth = max(map(len, columns), default=0)
    padded = [column + [0] * (depth - len(column)) for column in columns]
    for a, one in enumerate(padded):
        for b in range(a):
            both = known[a] & known[b]
            before, differ = _compared(one, padded[b])
            ahead = (before & both).bit_count()
            matrix[a][b] += ahead
            matrix[b][a] += (differ & both).bit_count() - ahead
            if last:
                matrix[a][b] += (known[a] ^ both).bit_count()
                matrix[b][a] += (known[b] ^ both).bit_count()


def _compared(one: Planes, other: Planes) -> tuple[int, int]:
    """Where the cell of `one` is the lower, and where the two differ. From the lowest bit up, each bit that differs overrules
    what the lower bits said."""
    before = differ = 0
    for mine, theirs in zip(one, other, strict=True):
        unlike = mine ^ theirs
        before ^= (before ^ theirs) & unlike
        differ |= unlike
    return before, differ
