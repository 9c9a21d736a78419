"""`python -m bench [name ...]`: one JSON line a figure."""

import json
import logging
import sys
from itertools import chain

from bench import (
    arrival,
    backfill,
    baking,
    counting,
    deeds,
    drain,
    feeds,
    gallery,
    importing,
    issuing,
    one,
    pages,
    posting,
    queue,
    ranks,
    signing,
    voting,
)

FIGURES = {"P1": drain.run, "P2": backfill.run, "P3": importing.run, "P3-API": posting.run, "P4": ranks.run,
           "P5": signing.run, "P6": baking.run, "P7": lambda: chain(voting.run(), counting.run()), "P8": pages.run,
           "P8-GALLERY": gallery.run, "P8-DEEDS": deeds.run, "P9": arrival.run, "P10": one.run, "P11": queue.run,
           "ISSUING": issuing.run, "FEED": feeds.run}  # fmt: skip


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
