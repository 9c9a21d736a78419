"""Who looks after a group decides whom it counts, and sees the count first; everybody reads the rule, the count and its day."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.activities import jobs, member_counts
from recognition.audit.models import AuditEntry
from recognition.extensions import db
from recognition.identity.models import Group, GroupTerms, Member, Membership
from recognition.identity.services import groups
from recognition.jobs.models import Job
from recognition.media import services as media
from recognition.media.models import Media
from recognition.media.rules import PIN
from tests.factories.activities import make_activity
from tests.factories.identity import JOINED, make_group, make_member
from tests.identity.pages import send, words
from tests.media.pictures import encoded, quarters

PAGE = "/groups/nairobi/members-by"
CAME_ONCE = {"rule-sort": "count", "rule-group": "nairobi", "rule-at_least": "1"}


@pytest.fixture
def people(app: Any, make_member: Any, sign_in: Any) -> dict[str, FlaskClient]:
    """vera of the council, cleo who looks after Nairobi, ada who could join it."""
    group, clients = make_group(), {}
    for handle in ("vera", "cleo", "ada"):
        member = make_member(handle, roles=("council",) if handle == "vera" else ())
        clients[handle] = app.test_client()
        sign_in(clients[handle], member)
        if handle == "cleo":
            db.session.add(Membership(group_id=group.id, member_id=member.id, is_curator=True, since=JOINED))
    db.session.commit()
    return clients


def group() -> Group:
    db.session.rollback()
    return db.session.scalars(sa.select(Group)).one()


def own() -> Membership:
    return db.session.scalars(sa.select(Membership).order_by(Membership.id.desc()).limit(1)).one()


def change(client: FlaskClient, **fields: str) -> Any:
    """As it is done in a browser: look first, then save what was looked at."""
    sent = {"seen": str(group().rule_number), "members_by": "joined", **fields}
    mark = re.search(r'name="looked" value="([^"]+)"', send(client, PAGE, PAGE, then="look", **sent).text)
    return send(client, PAGE, PAGE, then="save", looked=mark[1] if mark else "", **sent)


def count() -> None:
    jobs.count_members()
    for job in db.session.scalars(sa.select(Job).where(Job.name == "activities.count_members_of")).all():
        jobs.count_members_of(**job.args)
    db.session.commit()


def join(client: FlaskClient, **fields: str) -> Any:
    return send(client, "/groups/nairobi", "/groups/nairobi/join", **fields)


def test_the_count_is_seen_before_the_rule_holds(app: Any, people: Any) -> None:
    for n in range(8):
        make_activity(make_member(f"guest-{n}").id, kind="talk", group_id=1)
        make_member(f"other-{n}")
    db.session.commit()
    sent = {"seen": "0", "members_by": "deeds", **CAME_ONCE}
    at_once = send(people["cleo"], PAGE, PAGE, then="save", **sent)
    assert (at_once.status_code, group().members_by) == (200, "joined")
    assert "By this rule there are about 10 members today." in words(at_once.text)
    assert change(people["cleo"], **sent).location == "/groups/nairobi"
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    rule = {"count": {"group": ["nairobi"]}, "at_least": 1}
    assert (entry.action, entry.before["members"], entry.after["members"], entry.after["rule"]) == (
        "group.members", "joined", "deeds", rule,
    )  # fmt: skip
    assert "Changed whom the group counts" in people["vera"].get("/council/audit").text
    assert "Not counted yet: everybody with" in words(app.test_client().get("/groups/nairobi").text)
    count()
    for address in ("/groups/nairobi", "/groups/"):
        said = words(app.test_client().get(address).text)
        assert re.search(r"About 10 members, counted on \d+ \w+ \d{4}: everybody with .*Nairobi", said)


def test_a_count_that_a_new_rule_overtakes_is_not_kept(people: Any) -> None:
    """Between slices of members the database is free for others."""
    change(people["cleo"], members_by="deeds", **CAME_ONCE)
    pauses = []

    def pause() -> None:
        pauses.append(db.session.execute(sa.update(Group).values(rule_number=2)))
        db.session.commit()

    assert member_counts.count(1, JOINED, pause) == 0
    assert (len(pauses) >= 1, group().member_count, group().counted_at) == (True, None, None)


def test_a_rule_lets_nobody_in_or_out(people: Any) -> None:
    join(people["ada"])
    change(people["cleo"], members_by="terms", terms="Be **kind**.")
    count()
    states = sa.select(Membership.state, sa.func.count()).group_by(Membership.state)
    assert [tuple(row) for row in db.session.execute(states)] == [("in", 2)]
    assert "Fewer than five members" in words(people["ada"].get("/groups/nairobi").text)


def test_only_who_looks_after_it_and_only_one_at_a_time(people: Any) -> None:
    assert people["ada"].get(PAGE).status_code == 403
    assert send(people["ada"], "/me/settings", PAGE, members_by="account").status_code == 403
    assert change(people["vera"], members_by="account").status_code == 303
    late = change(people["cleo"], members_by="joined", seen="0")
    assert (late.status_code, group().members_by) == (409, "account")
    assert "Somebody was quicker" in words(late.text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"members_by": "height"}, "Please choose one of these."),
        ({"members_by": "terms", "terms": " "}, "Write down what people accept."),
        ({"members_by": "deeds", "rule-sort": "count", "rule-at_least": "1"}, "Does not speak of the group itself"),
        ({"members_by": "deeds", **CAME_ONCE, "rule-campaign_more": "secret"}, "the council writes such a rule for you"),
        ({"members_by": "terms", "terms": "x" * 8001}, "longer than 8000 characters"),
    ],
)
def test_what_is_no_rule(people: Any, fields: Any, said: str) -> None:
    answer = change(people["cleo"], **fields)
    assert (answer.status_code, said in words(answer.text)) == (422, True)
    assert group().rule_number == 0


def test_a_rule_is_built_without_script(people: Any) -> None:
    page = send(people["cleo"], PAGE, PAGE, members_by="deeds", terms="Kept", **CAME_ONCE, **{"rule-move": "rule:wrap"})
    assert (page.status_code, 'name="rule-0-sort"' in page.text, "Kept" in page.text) == (200, True, True)


def test_terms_are_accepted_by_version_and_taken_back(people: Any) -> None:
    change(people["cleo"], members_by="terms", terms="Be kind.")
    assert "I accept these terms" in people["ada"].get("/groups/nairobi").text
    join(people["ada"], accepts="1", terms="1")
    assert (own().state, own().terms_version, own().terms_at is not None) == ("in", 1, True)
    change(people["cleo"], members_by="terms", terms="Be very kind.")
    assert group().terms_from == 1
    assert list(db.session.scalars(sa.select(GroupTerms.text))) == ["Be kind.", "Be very kind."]
    change(people["cleo"], members_by="terms", terms="Be brave.", asks_again="1")
    assert group().terms_from == 3
    said = words(people["ada"].get("/groups/nairobi").text)
    assert "You accepted an earlier version" in said
    old = send(people["ada"], "/groups/nairobi", "/groups/nairobi/terms", terms="2")
    assert "The terms have changed meanwhile" in people["ada"].get(old.location).text
    send(people["ada"], "/groups/nairobi", "/groups/nairobi/terms", terms="3")
    assert (own().terms_version, "You accepted these terms." in people["ada"].get("/groups/nairobi").text) == (3, True)
    assert "accepted these terms" not in people["cleo"].get("/members/ada").text
    send(people["ada"], "/groups/nairobi", "/groups/nairobi/terms", answer="back")
    assert (own().state, own().terms_version) == ("in", None)
    send(people["ada"], "/groups/nairobi", "/groups/nairobi/terms", terms="3")
    send(people["ada"], "/groups/nairobi", "/groups/nairobi/leave")
    assert (own().state, own().terms_version, own().terms_at) == ("out", None, None)


@pytest.mark.parametrize(("members_by", "counts"), [("terms", True), ("joined", False)])
def test_who_accepts_is_told_of_counting_where_that_counts(people: Any, members_by: str, counts: bool) -> None:
    change(people["cleo"], members_by=members_by, terms="Be kind.")
    join(people["ada"])
    said = send(people["ada"], "/groups/nairobi", "/groups/nairobi/terms", terms="1")
    assert ("from the next count on" in people["ada"].get(said.location).text) is counts


def test_whoever_joins_need_not_accept(people: Any) -> None:
    change(people["cleo"], members_by="terms", terms="Be kind.")
    join(people["ada"], terms="1")
    assert (own().state, own().terms_version) == ("in", None)
    send(people["ada"], "/groups/nairobi", "/groups/nairobi/leave")
    assert "have changed" in people["ada"].get(join(people["ada"], accepts="1", terms="7").location).text
    assert own().state == "out"


def logo(client: FlaskClient, content: bytes, alt: str = "A lion, reading") -> Any:
    return send(client, "/groups/nairobi/edit", "/groups/nairobi/logo", picture=(io.BytesIO(content), "logo.png"), alt=alt)


def test_a_logo_comes_is_seen_by_everybody_and_goes(app: Any, people: Any) -> None:
    assert logo(people["cleo"], encoded(quarters())).location == "/groups/nairobi"
    key = group().logo.key
    stranger = app.test_client()
    for address in ("/groups/nairobi", "/groups/"):
        image = re.search(rf'<img class="c-group-logo[^>]*src="/media/{key}[^>]*>', stranger.get(address).text)
        assert image
        assert 'alt="A lion, reading"' in image[0]
    assert stranger.get(f"/media/{key}").content_type == "image/webp"
    logo(people["cleo"], encoded(quarters(100, 100)))
    assert stranger.get(f"/media/{key}").status_code == 404
    assert send(people["cleo"], "/groups/nairobi/edit", "/groups/nairobi/logo/remove").status_code == 303
    assert (group().logo_id, group().logo_alt, db.session.scalar(sa.select(sa.func.count()).select_from(Media))) == (None, "", 0)


def test_of_two_logos_at_once_one_stays(people: Any) -> None:
    logo(people["cleo"], encoded(quarters()))
    mine, curator = group(), db.session.scalars(sa.select(Member).where(Member.handle == "cleo")).one()
    first = mine.logo_id
    other = media.keep_picture(media.prepare_picture(encoded(quarters(100, 100)), PIN), None).id
    db.session.execute(sa.update(Group).values(logo_id=other).execution_options(synchronize_session=False))
    groups.set_logo(mine, None, "", curator)
    db.session.commit()
    assert list(db.session.scalars(sa.select(Media.id))) == [first]


def test_a_logo_that_is_refused(people: Any) -> None:
    for content, alt, said in ((b"<svg/>", "A lion", "PNG, JPEG, GIF and WebP"), (encoded(quarters()), " ", "What is on it?")):
        answer = logo(people["cleo"], content, alt)
        assert (answer.status_code, said in words(answer.text)) == (422, True)
    assert people["ada"].get("/groups/nairobi/edit").status_code == 403
    assert send(people["ada"], "/me/settings", "/groups/nairobi/logo", alt="x").status_code == 403
    assert group().logo_id is None


def test_pages_of_counts_are_as_quick_with_many_rules(people: Any, count_queries: Any) -> None:
    rule = {"count": {"group": ["nairobi"]}, "at_least": 1}
    numbers = []
    for n in range(3):
        make_group(f"more-{n}", members_by="deeds", members_rule=rule, member_count=12, counted_at=JOINED)
        db.session.commit()
        with count_queries() as seen:
            assert people["ada"].get("/groups/").status_code == 200
        numbers.append(len(seen))
    assert len(set(numbers)) == 1
    with count_queries() as seen:
        assert people["cleo"].get(PAGE).status_code == 200
    assert len(seen) <= 12
