"""A quest leaves as a file and comes in as a draft, also onto the bench of its own address."""

import io
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.quests import drafts
from recognition.quests.models import Quest
from recognition.quests.services.drafting import draft_of
from tests.factories.quests import make_quest
from tests.pages.quest_studio.bench import HOME, begun, kept, text, the


def brought(client: FlaskClient, content: bytes, **more: str) -> Any:
    return client.post(f"{HOME}new/file", data={"file": (io.BytesIO(content), "quest.zip"), **more})


def test_out_of_one_house_and_into_another(client: FlaskClient, council: Member) -> None:
    make_quest("first", requires={"finished": "zero"})
    database.session.commit()
    file = client.get(f"{HOME}first/file.zip")
    assert (file.mimetype, file.headers["Content-Disposition"]) == ("application/zip", 'attachment; filename="first.zip"')
    before = drafts.checked(draft_of(the("first")))
    database.session.execute(sa.delete(Quest))
    database.session.commit()
    assert brought(client, file.data).location == f"{HOME}first/"
    assert (drafts.checked(the("first").draft or {}), the("first").state) == (before, "draft")
    assert client.get(f"{HOME}first/file.zip").data == file.data
    assert brought(client, file.data).location == f"{HOME}first-2/"


def test_onto_the_bench_of_its_own_address(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    database.session.commit()
    file = client.get(f"{HOME}first/file.zip").data
    assert brought(client, file, onto="1").location == f"{HOME}first/"
    assert the("first").draft is not None
    again = brought(client, file, onto="1")
    assert (again.status_code, "lies on the bench already" in text(again)) == (422, True)


def test_what_is_not_whole_makes_no_file_and_a_bad_file_no_quest(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    assert client.get(f"{HOME}{slug}/file.zip").location == f"{HOME}{slug}/"
    kept(client, f"{HOME}{slug}/edit", title="Still the same", opens="all")
    refused = brought(client, b"nothing")
    assert (refused.status_code, "This is no zip file, or it is broken." in text(refused)) == (422, True)
    assert client.post(f"{HOME}new/file").status_code == 422
    assert database.session.scalar(sa.select(sa.func.count()).select_from(Quest)) == 1
