"""Several words in one line of a form: `tea, coffee`. A word with a comma or space of its own is put in quotes."""

import re
from collections.abc import Iterable

_WORD = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^,]*?))\s*(?:,|$)')
_NUMBER = re.compile(r"-?[0-9]{1,15}")


def split(text: str) -> list[str]:
    """The words, each once, in their order. A quote that never ends is part of its word."""
    words = []
    for found in _WORD.finditer(text):
        quoted = found["quoted"]
        words.append(found["plain"] if quoted is None else quoted.replace('""', '"'))
    return list(dict.fromkeys(filter(None, words)))


def split_values(text: str) -> list[str | int]:
    """As `split`, where a bare whole number is a number and a quoted one a word."""
    values: list[str | int] = []
    for found in _WORD.finditer(text):
        quoted, plain = found["quoted"], found["plain"]
        if quoted is None and plain:
            values.append(int(plain) if _NUMBER.fullmatch(plain) else plain)
        elif quoted:
            values.append(quoted.replace('""', '"'))
    return values


def join_values(values: Iterable[str | int]) -> str:
    return ", ".join(str(value) if isinstance(value, int) else _quoted(value, _NUMBER.fullmatch(value)) for value in values)


def join(words: Iterable[str]) -> str:
    return ", ".join(_quoted(word) for word in words)


def _quoted(word: str, always: object = None) -> str:
    plain = not always and word == word.strip() and not set(word) & set(',"')
    return word if plain else '"' + word.replace('"', '""') + '"'
