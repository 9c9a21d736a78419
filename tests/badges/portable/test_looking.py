"""What is shown to whoever checks a badge: which picture, and whose it is."""

import json
from datetime import UTC, datetime

import pytest

from recognition.badges.forms.brought import Brought
from recognition.badges.portable import looking
from recognition.badges.portable.telling import told
from recognition.openbadges.checking.checker import check
from recognition.openbadges.fetching import Answer, Unreachable
from tests.openbadges.forge import OTHER, Forge
from tests.openbadges.house import BASE, House
from tests.openbadges.tampering import changed, chunks, png_of

PIN = f"{BASE}/ob/2/badges/talker.1.1.png"


def looked_at(house: House, content: bytes, silent: str = "") -> bytes:
    def fetch(url: str, accept: str) -> Answer:
        if url == silent:
            raise Unreachable("connection", url)
        status, body = house.load(url)
        return Answer(url, status, "", body)

    with house.app.app_context():
        found = looking.look(Brought(content), datetime.now(UTC), fetch=fetch)
    assert found.report.standing == "good"
    return looking.picture_of(found)


def in_other_clothes(house: House) -> bytes:
    """The pin of one award around the badges of another."""
    worn = [part for part in chunks(house.picture("first level", "png")) if part[0] == b"iTXt"]
    head, *rest = [part for part in chunks(house.picture("placed", "png")) if part[0] != b"iTXt"]
    return png_of([head, *worn, *rest])


def test_the_pin_that_the_badge_names_is_shown_not_the_one_around_it(badge_house: House) -> None:
    content = in_other_clothes(badge_house)
    named = badge_house.load(PIN)[1]
    assert looked_at(badge_house, content) == named
    assert looked_at(badge_house, badge_house.picture("first level", "png")) == named
    assert looked_at(badge_house, badge_house.picture("first level", "svg")) == named


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_where_it_cannot_be_had_the_one_that_was_brought_has_to_do(badge_house: House, kind: str) -> None:
    """A drawing is shown in no case."""
    content = badge_house.picture("first level", kind)
    assert looked_at(badge_house, content, silent=PIN) == (content if kind == "png" else b"")


def test_whoever_takes_our_name_is_told_by_their_address(forge: Forge) -> None:
    ours = forge.house.document("first level")
    theirs = {name: value for name, value in changed(ours, "issuer.id", OTHER).items() if name != "credentialStatus"}
    content = json.dumps(forge.by_other(theirs))

    def fetch(url: str, accept: str) -> Answer:
        status, body = forge.other_world[url]
        return Answer(url, status, "", body.encode())

    with forge.house.app.app_context():
        found = told(check(content, fetch, datetime.now(UTC)), datetime.now(UTC))
    assert found.verdict == "good"
    assert list(found.facts)[:2] == [("Issued by", "Recognition"), ("The issuer’s address", "other.example")]
