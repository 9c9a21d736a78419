"""What was written comes out, changes, rests and is counted."""

import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from recognition.audit.models import AuditEntry
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.factories.quests import make_quest
from tests.pages.quest_studio.bench import HOME, begun, hidden, kept, published, text, the, with_steps

SignIn = Callable[[FlaskClient, Member], None]


def test_publishing_asks_for_a_whole_sheet_and_then_everybody_sees_it(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    with_steps(client, slug, "read")
    url = f"{HOME}{slug}/publish"
    assert "is not complete yet" in text(client.get(url)) or "It has no step" in text(client.get(url))
    assert client.post(url, data={"seen": "2"}).status_code == 422
    kept(client, f"{HOME}{slug}/edit", title="How to thank", summary="S", family="caring", minutes="8", map_x="1", map_y="1",
         position="1", opens="all")  # fmt: skip
    kept(client, f"{HOME}{slug}/steps/read", title="Why", minutes="2", body="Words.")
    seen = hidden(client.get(url), "seen")
    assert client.post(url, data={"seen": seen, "note": "First."}).location == f"{HOME}{slug}/"
    assert (the(slug).state, the(slug).version, the(slug).draft) == ("published", 1, None)
    assert client.get(f"/quests/{slug}").status_code == 200
    assert client.post(url, data={"seen": seen, "note": "Again."}).location == f"{HOME}{slug}/"
    told = database.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "quest.published")).all()
    assert [(one.target, one.actor_id, one.after) for one in told] == [(f"quest:{slug}", council.id, {"version": 1})]


def test_a_new_version_only_words_and_taken_up_again(client: FlaskClient, council: Member) -> None:
    make_quest("first", kinds=("read", "reflect"))
    database.session.commit()
    step = f"{HOME}first/steps/"
    kept(client, f"{step}reflect", title="Step reflect", minutes="3", prompt="What else?", placeholder="")
    page = text(client.get(f"{HOME}first/publish"))
    assert "“Step reflect”: what is asked What do you think? What else?" in page
    assert published(client, "first", how="words").status_code == 303
    assert the("first").version == 1
    with_steps(client, "first", "reflect")
    kept(client, f"{step}reflect-2", title="Once more", minutes="1", prompt="And you?")
    assert published(client, "first", how="words").status_code == 422
    published(client, "first", note="One more question to oneself.")
    assert the("first").version == 2
    page = text(client.get(f"{HOME}first/versions"))
    assert "One more question to oneself." in page
    assert "A new step: “Once more”" in page
    old = client.get(f"{HOME}first/versions/1")
    assert client.post(f"{HOME}first/versions/1", data={"seen": hidden(old, "seen")}).location == f"{HOME}first/"
    assert [one["slug"] for one in (the("first").draft or {})["steps"]] == ["read", "reflect"]
    late = client.post(f"{HOME}first/versions/2", data={"seen": hidden(old, "seen")})
    assert late.location == f"{HOME}first/versions/2"
    assert len((the("first").draft or {})["steps"]) == 2


def test_a_draft_goes_after_two_yeses_and_what_is_out_stays(client: FlaskClient, council: Member) -> None:
    slug = begun(client)
    url = f"{HOME}{slug}/drop"
    first = client.get(url)
    second = client.post(url, data={"seen": hidden(first, "seen")})
    assert (second.status_code, the(slug).slug) == (200, slug)
    done = {"seen": hidden(second, "seen"), "sure": "twice"}
    assert client.post(url, data=done).location == HOME
    assert client.post(url, data=done).status_code == 404
    make_quest("first")
    database.session.commit()
    kept(client, f"{HOME}first/steps/read", title="Other", minutes="3", body="W")
    client.post(f"{HOME}first/drop", data={"seen": hidden(client.get(f"{HOME}first/drop"), "seen"), "sure": "twice"})
    assert (the("first").draft, the("first").steps[0].title) == (None, "Step read")


def test_a_quest_rests_and_is_opened_again_once(client: FlaskClient, council: Member) -> None:
    make_quest("first")
    make_quest("second", requires={"finished": "first"}, title="The second")
    database.session.commit()
    assert "The second" in text(client.get(f"{HOME}first/retire"))
    assert client.post(f"{HOME}first/retire").status_code == 303
    assert (client.post(f"{HOME}first/retire").status_code, client.get("/quests/first").status_code) == (409, 404)
    client.post(f"{HOME}first/reopen")
    assert (the("first").state, client.get("/quests/first").status_code) == ("published", 200)
    actions = database.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["quest.retired", "quest.reopened"]


@pytest.mark.parametrize("seen", ["²", "9" * 5000, "9" * 30, "-1", ""])
def test_a_number_that_is_none_is_a_page_from_before(client: FlaskClient, council: Member, seen: str) -> None:
    make_quest("first")
    database.session.commit()
    kept(client, f"{HOME}first/edit", title="Other", opens="all", minutes="5", position="1", map_x="1", map_y="1", summary="S",
         family="learning")  # fmt: skip
    assert client.post(f"{HOME}first/publish", data={"seen": seen}).status_code == 409
    assert client.post(f"{HOME}first/drop", data={"seen": seen, "sure": "twice"}).status_code == 409
    assert the("first").draft is not None
    published(client, "first", note="")
    url = f"{HOME}first/versions/1"
    assert client.post(url, data={"seen": seen}).location == url


def test_where_people_stop_is_told_in_fives_and_never_for_few(client: FlaskClient, council: Member) -> None:
    quest = make_quest("first")
    for step, counts in zip(quest.steps, [(23, 21, 2), (21, 8, 12), (8, 4, 4), (4, 0, 3)], strict=True):
        step.reached_count, step.done_count, step.stuck_count = counts
    database.session.commit()
    page = text(client.get(f"{HOME}first/stops"))
    assert "About 10 people have stood before “Step quiz” for two weeks." in page
    table = page.partition("Stand before it for two weeks")[2]
    assert "1. Step read about 25 about 20 fewer than 5 2. Step quiz about 20 about 10 about 10" in table
    assert "3. Step reflect about 10 fewer than 5 fewer than 5 4. Step do fewer than 5 fewer than 5 fewer than 5" in table
    for exact in (23, 21, 12, 8, 4, 3, 2):
        assert f"about {exact} " not in page
    assert "about 10 people before “Step quiz”" in text(client.get(HOME))


def picture(name: str = "map.png") -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return io.BytesIO(out.getvalue()), name


def test_a_picture_comes_with_its_words_and_is_seen_once_the_quest_is_out(
    client: FlaskClient, council: Member, make_member: Callable[..., Member], sign_in: SignIn
) -> None:
    make_quest("first", kinds=("read",))
    database.session.commit()
    url = f"{HOME}first/steps/read"
    words = {"seen": hidden(client.get(url), "seen"), "kind": "read", "title": "Look", "minutes": "2", "body": "See:"}
    bare = client.post(f"{url}/picture", data={**words, "picture": picture(), "alt": " "})
    assert (bare.status_code, the("first").draft) == (422, None)
    assert "See:" in text(bare)
    none = client.post(f"{url}/picture", data={**words, "alt": "A teal map"})
    assert none.status_code == 422
    assert client.post(f"{url}/picture", data={**words, "picture": picture(), "alt": "A teal map"}).status_code == 303
    body = (the("first").draft or {})["steps"][0]["body"]
    found = re.fullmatch(r"See:\n\n!\[A teal map\]\((/media/[\w-]+)#40x30\)", body)
    assert found is not None
    assert client.get(found[1]).status_code == 200
    stranger = client.application.test_client()
    sign_in(stranger, make_member("noor"))
    assert stranger.get(found[1]).status_code == 404
    published(client, "first", note="A picture.")
    assert stranger.get(found[1]).status_code == 200
    assert f'<img src="{found[1]}" alt="A teal map" width="40" height="30"' in stranger.get("/quests/first/read").get_data(
        as_text=True
    )


def test_a_picture_is_there_when_its_words_are_kept_after_all(client: FlaskClient, council: Member) -> None:
    make_quest("first", kinds=("read",))
    database.session.commit()
    url = f"{HOME}first/steps/read"
    words = {"seen": hidden(client.get(url), "seen"), "kind": "read", "title": "Look", "minutes": "2", "body": "See:"}
    kept(client, url, title="Theirs", minutes="2", body="Theirs.")
    late = client.post(f"{url}/picture", data={**words, "picture": picture(), "alt": "A teal map"})
    database.session.rollback()
    line = re.search(r"!\[A teal map\]\((/media/[\w-]+)#40x30\)", late.get_data(as_text=True))
    assert (late.status_code, line is not None) == (409, True)
    assert line is not None
    client.post(url, data={**words, "body": f"See:\n\n{line[0]}", "seen": hidden(late, "seen")})
    assert client.get(line[1]).status_code == 200
