"""The numbers of a result as rows of a file: counts only, the same that the page tells."""

from collections.abc import Iterator, Sequence

from recognition.surveys.results import Found


def rows(found: Found) -> Iterator[Sequence[str | int]]:
    yield ("about", "of", "what", "people")
    told = found.told
    for name in ("people", "yes", "open", "not_yes", "declined", "silent", "shown"):
        number = getattr(told, name)
        if number is not None:
            yield ("everybody", "", name, number)
    for about, parts in (("group", found.strata), ("region", found.regions)):
        for one in parts:
            of = " + ".join(one.keys) if about == "group" or len(one.keys) == 1 else "elsewhere"
            yield from ((about, of, name, getattr(one, name)) for name in ("people", "answered", "open"))
    for part in found.parts:
        yield from (("guess", " + ".join(part["keys"]), name, part[name]) for name in ("people", "yes", "not_yes", "open"))
    for asked in found.questions:
        yield from (("question", asked.ask, option, number) for option, number in asked.options)
