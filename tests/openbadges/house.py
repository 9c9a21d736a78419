"""A house with awards of every sort, given and signed the way they are in earnest, and what it then answers to the world."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from recognition import create_app
from recognition.activities import drain
from recognition.badges import jobs
from recognition.badges.models import HAND, Award, Badge
from recognition.badges.portable.models import SHOWN, Endorsement
from recognition.badges.services import giving, revoking
from recognition.extensions import db
from recognition.identity.models import Account, Member
from tests.conftest import make_settings
from tests.factories.activities import make_deeds
from tests.factories.badges import make_badge
from tests.factories.identity import make_group, make_member

BASE = "https://badges.example"
ADDRESS = "Ada@People.Example"
LONG_AGO = datetime(2024, 2, 1, 9, 30, tzinfo=UTC)
GIVEN = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)


@dataclass
class House:
    """`fetch`: what anybody gets who asks for an address; `awards`: keys by a word for what is special about each;
    `handed_out`: pictures by kind of the badge that was taken back afterwards."""

    app: Flask
    awards: dict[str, str] = field(default_factory=dict)
    handed_out: dict[str, bytes] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)

    def fetch(self, url: str, accept: str = "*/*") -> tuple[int, str]:
        status, body = self.load(url, accept)
        return status, body.decode()

    def load(self, url: str, accept: str = "*/*") -> tuple[int, bytes]:
        if url != BASE and not url.startswith(f"{BASE}/"):
            return 404, b""
        if (url, accept) not in self.answers:
            with self.app.app_context():
                answer = self.app.test_client().get(url.removeprefix(BASE) or "/", base_url=BASE, headers={"Accept": accept})
                self.answers[url, accept] = answer.status_code, answer.data
        return self.answers[url, accept]

    def document(self, word: str) -> dict[str, Any]:
        return json.loads(self._text(f"/ob/3/credentials/{self.awards[word]}"))  # type: ignore[no-any-return]

    def token(self, word: str) -> str:
        return self._text(f"/ob/3/credentials/{self.awards[word]}.jwt")

    def picture(self, word: str, kind: str) -> bytes:
        status, body = self.load(f"{BASE}/awards/{self.awards[word]}/badge.{kind}")
        assert status == 200
        return body

    def assertion_url(self, word: str) -> str:
        return f"{BASE}/ob/2/assertions/{self.awards[word]}"

    def _text(self, path: str) -> str:
        status, body = self.fetch(BASE + path)
        assert status == 200, path
        return body


def found(state_dir: Path, **changes: Any) -> House:
    """On SQLite: the tables' own tests run on both databases."""
    app = create_app(make_settings(state_dir, base_url=BASE, **changes))
    house = House(app)
    with app.app_context():
        db.create_all()
        _give(house)
        db.session.remove()
    return house


def _give(house: House) -> None:
    ada, ben, council = make_member("ada"), make_member("ben"), make_member("council", roles=("council",))
    verified = {"issuer": "https://login.example", "email_verified": True, "created_at": LONG_AGO}
    db.session.add(Account(member_id=ada.id, subject="ada", email=ADDRESS, **verified))
    _by_rule(house, ada)
    by_hand = {
        "aged": (make_badge("aged", {}, valid_days=20_000, issuer_id=None), ada, GIVEN),
        "old": (make_badge("old", {}, valid_days=30), ada, LONG_AGO),
        "of a group": (make_badge("of-a-group", {}, issuer_id=make_group("nairobi").id), ada, GIVEN),
        "no address": (make_badge("plain", {}), ben, GIVEN),
        "endorsed": (make_badge("endorsed", {}), ada, GIVEN),
        "taken back": (make_badge("taken-back", {}), ada, GIVEN),
    }
    for word, (badge, member, now) in by_hand.items():
        house.awards[word] = _by_hand(badge, member, council, now)
    endorsed = _award(house.awards["endorsed"])
    db.session.add(Endorsement(key="e" * 22, award_id=endorsed.id, member_id=ben.id, state=SHOWN, created_at=GIVEN,
                               comment="She stayed until everybody had understood."))  # fmt: skip
    db.session.commit()
    jobs.sign()
    house.handed_out = {kind: house.picture("taken back", kind) for kind in ("png", "svg")}
    house.answers.clear()
    taken = _award(house.awards["taken back"])
    assert revoking.revoke(taken.id, council.id, "It was meant for Ben.", datetime.now(UTC))
    db.session.commit()
    jobs.sign()


def _by_rule(house: House, ada: Member) -> None:
    make_badge("talker", {"count": {"kind": "talk"}}, levels=[1, 3])
    make_badge("on-the-podium", {"placed": "any", "top": 3})
    make_deeds(ada.id, 4, visibility="public", text="I told “everybody” \\ of it.\n", url="https://talks.example/1")
    make_deeds(ada.id, 1, kind="contest.placed", kind_label="Placed in a contest", object="contest:draw-mdm", data={"place": 2})
    db.session.commit()
    drain.drain()
    rows = db.session.execute(sa.select(Badge.slug, Award.level, Award.key).join(Badge, Badge.id == Award.badge_id))
    words = {("talker", 1): "first level", ("talker", 3): "third level", ("on-the-podium", None): "placed"}
    house.awards |= {words[slug, level]: key for slug, level, key in rows}


def _by_hand(badge: Badge, member: Member, giver: Member, now: datetime) -> str:
    giving.hand_out(badge, [member.id], now, how=HAND, giver_id=giver.id, reason="For soup & “patience”.")
    wanted = sa.select(Award.key).where(Award.badge_id == badge.id, Award.member_id == member.id)
    return db.session.scalars(wanted).one()


def _award(key: str) -> Award:
    return db.session.scalars(sa.select(Award).where(Award.key == key)).one()
