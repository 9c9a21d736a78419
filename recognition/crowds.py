"""How a number of people may be told: a small one not at all, others in fives, so that two that differ by one look alike."""

SMALL = 5


def about(number: int) -> int | None:
    """The nearest multiple of five; None for fewer than five, none included."""
    return None if number < SMALL else (number + SMALL // 2) // SMALL * SMALL
