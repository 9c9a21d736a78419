"""What is carried to a place outside, and how that place is asked: the same for every channel that speaks HTTP."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any  # Any: what another program's JSON holds

from recognition.announcements.channels.faults import Away, NotNow, Refused, Unsure
from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.fetching import Answer, Client, Unreachable

SECONDS = 20.0
"""For all questions about one piece together."""
SAID_MAX_CHARS = 160


@dataclass(frozen=True)
class Place:
    """`config` is what the adapter's FIELDS name, checked; `secret` what the other side gave us."""

    config: Mapping[str, str]
    secret: str


@dataclass(frozen=True)
class Piece:
    """`key` names it at the other side for ever; `edition` counts its corrections. `html` was cleaned, with whole addresses;
    `url` is where it stands here."""

    key: str
    edition: int
    title: str
    markdown: str
    html: str
    url: str


@dataclass(frozen=True)
class Adapter:
    """How one sort of place is spoken to. Each function raises a Fault. `send` and `change` return the address where it
    stands, "" where the place tells none; `find` the same for what is there already, None for nothing. Without `find` what
    may have arrived can only be sent again if the place `knows_repeats`; without `change` a correction stays here. `is_offered`:
    whether this installation speaks to such places; one without a secret is on this machine, and the house's alone."""

    name: str
    fields: tuple[str, ...]
    send: Callable[[Place, Piece, Client], str]
    find: Callable[[Place, Piece, Client], str | None] | None = None
    change: Callable[[Place, Piece, str, Client], str] | None = None
    knows_repeats: bool = False
    asks_secret: bool = True
    is_offered: Callable[[], bool] = lambda: True


def ask(client: Client, method: str, url: str, headers: Mapping[str, str], told: Mapping[str, Any] | None = None) -> Answer:
    """Whatever it answers; raises a Fault where nothing came back. `told` goes as JSON."""
    body = b"" if told is None else json.dumps(told, ensure_ascii=False).encode()
    typed = {} if told is None else {"Content-Type": "application/json; charset=utf-8"}
    try:
        return client.ask(method, url, {**headers, **typed}, body)
    except Forbidden as fault:
        raise Refused(f"this address is not asked ({fault.reason})") from None
    except Unreachable as fault:
        if fault.was_asked and method != "GET":
            raise Unsure(f"it did not answer to the end ({fault.reason})") from None
        raise Away(f"it could not be reached ({fault.reason})") from None


def check(answer: Answer) -> None:
    """Raises a Fault for an answer that is no yes. What it says about it may help whoever mends it."""
    if 200 <= answer.status < 300:
        return
    if answer.status in (502, 504):  # somebody in between, who does not know what the other side did
        raise Unsure(f"it answered {answer.status}")
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise NotNow(f"it answered {answer.status}")
    said = "; ".join(map(str, _errors(answer)))
    shown = "".join(sign if sign.isprintable() else " " for sign in said)[:SAID_MAX_CHARS]
    raise Refused(f"it answered {answer.status}" + (f": {shown}" if shown else ""))


def _errors(answer: Answer) -> list[Any]:
    told = read(answer)
    errors = told.get("errors") or told.get("error") or []
    return errors[:3] if isinstance(errors, list) else [errors]


def read(answer: Answer) -> dict[str, Any]:
    """Its JSON object; empty where it is none."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
