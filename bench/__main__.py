"""`python -m bench [name ...]`: one JSON line a figure."""

import json
import logging
import sys

from bench import arrival, backfill, counting, drain, importing, one, pages, queue, ranks

FIGURES = {"P1": drain.run, "P2": backfill.run, "P3": importing.run, "P4": ranks.run, "P7": counting.run, "P8": pages.run,
           "P9": arrival.run, "P10": one.run, "P11": queue.run}  # fmt: skip


def main() -> None:
    wanted = [name.upper() for name in sys.argv[1:]] or list(FIGURES)
    unknown = [name for name in wanted if name not in FIGURES]
    if unknown:
        sys.exit(f"No figure {unknown[0]}; there are {', '.join(FIGURES)}.")
    # Most figures have no queue, and the program would say so with each commit.
    logging.disable(logging.WARNING)
    for name in wanted:
        for line in FIGURES[name]():
            print(json.dumps(line), flush=True)


main()
