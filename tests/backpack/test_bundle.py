"""Everything taken out at once: own badges signed and baked, those from elsewhere to the byte, and an index of both."""

import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zipfile import ZipFile

import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition import clock
from recognition.backpack import bundle
from recognition.badges import jobs
from recognition.badges.models import HAND, Award
from recognition.badges.portable.asking import fetcher
from recognition.badges.services import giving, revoking
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.openbadges.checking.checker import check
from tests.backpack.conftest import SignIn, bring
from tests.backpack.foreign import ADDRESS, foreign, in_a_picture
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

GIVEN = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)


def give(member: Member, slug: str) -> str:
    giving.hand_out(make_badge(slug, {}), [member.id], GIVEN, how=HAND, giver_id=None, reason="For soup.")
    database.session.commit()
    return database.session.scalars(sa.select(Award.key).where(Award.member_id == member.id)).one()


def taken(client: FlaskClient) -> ZipFile:
    answer = client.get("/me/badges.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="badges-of-ada.zip"'
    return ZipFile(io.BytesIO(answer.data))


def test_all_of_it_is_there_and_proves_itself(client: FlaskClient, ada: Member) -> None:
    key = give(ada, "kitchen")
    database.session.query(Award).update({"shown": False})
    database.session.commit()
    jobs.sign()
    contents = [foreign(1), in_a_picture(foreign(2))]
    bring(client, contents[0])
    bring(client, contents[1], "badge.png")
    with taken(client) as file:
        assert file.testzip() is None
        names = [name for name in file.namelist() if not name.startswith("index")]
        folder = f"own/kitchen.1-{key[:8]}"
        assert names == [
            f"{folder}/credential.json", f"{folder}/credential.jwt", f"{folder}/badge.png", f"{folder}/badge.svg",
            "elsewhere/1-keeper-of-kitchen-1.json", "elsewhere/2-keeper-of-kitchen-2.png",
        ]  # fmt: skip
        read = {name: file.read(name) for name in names}
        index, page = json.loads(file.read("index.json")), file.read("index.html").decode()
    assert [read[name] for name in names[-2:]] == contents
    told = {one["name"]: one["sha256"] for badge in index["badges"] for one in badge["files"]}
    assert told == {name: sha256(content).hexdigest() for name, content in read.items()}
    assert [(badge["elsewhere"], badge["name"]) for badge in index["badges"]] == [
        (False, "Kitchen"), (True, "Keeper of kitchen 1"), (True, "Keeper of kitchen 2"),
    ]  # fmt: skip
    assert all(digest in page for digest in told.values())
    assert "<script" not in page
    database.session.query(Award).update({"shown": True})
    database.session.commit()
    now = clock.utcnow()
    assert {name: check(content, fetcher(), now, ADDRESS).standing for name, content in read.items()} == dict.fromkeys(
        names, "good"
    )


def test_what_was_taken_back_or_is_not_signed_yet_says_so(client: FlaskClient, ada: Member) -> None:
    give(ada, "first")
    jobs.sign()
    [award] = database.session.query(Award)
    council = make_member("council", roles=("council",))
    assert revoking.revoke(award.id, council.id, "By mistake.", clock.utcnow())
    database.session.commit()
    giving.hand_out(make_badge("second", {}), [ada.id], GIVEN, how=HAND, giver_id=None, reason="For soup.")
    database.session.commit()
    with taken(client) as file:
        index = json.loads(file.read("index.json"))
    assert [(badge["name"], badge["standing"], len(badge["files"])) for badge in index["badges"]] == [
        ("First", "It was taken back.", 4), ("Second", "Not signed yet: take it along a little later.", 0),
    ]  # fmt: skip


def test_it_leaves_in_parts_and_the_questions_grow_by_slices_only(client: FlaskClient, ada: Member, count_queries: Any) -> None:
    for number in range(1, 4):
        bring(client, foreign(number))
    member_id = ada.id
    with client.application.test_request_context(), count_queries() as few:
        parts = list(bundle.stream(member_id, "ada", "http://localhost", clock.utcnow()))
    assert len(parts) >= 4
    assert len(few) <= 5


def test_nothing_of_anybody_else_is_in_it(client: FlaskClient, ada: Member, sign_in: SignIn) -> None:
    other = client.application.test_client()
    ben = make_member("ben")
    sign_in(other, ben)
    give(ben, "kitchen")
    jobs.sign()
    bring(other, foreign(9))
    with taken(client) as file:
        assert file.namelist() == ["index.json", "index.html"]
        assert b"Ben" not in file.read("index.html")
    assert client.application.test_client().get("/me/badges.zip").status_code == 302
