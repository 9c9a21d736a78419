"""Words about people."""

from typing import Any

from recognition import clock
from recognition.extensions import db
from recognition.vouching.models import Affiliation, Vouch


def make_affiliation(member_id: int, sort: str = "volunteer", name: str = "", **changes: Any) -> Affiliation:
    one = Affiliation(member_id=member_id, sort=sort, name=name, **{"shown_to": "members", "said_at": clock.utcnow(), **changes})
    db.session.add(one)
    db.session.flush()
    return one


def make_vouch(member_id: int, by_id: int, words: str = "We built a stall together.", **changes: Any) -> Vouch:
    one = Vouch(member_id=member_id, by_id=by_id, words=words, **{"at": clock.utcnow(), "shown_to": "members", **changes})
    db.session.add(one)
    db.session.flush()
    return one
