"""Who may let a forum or code host tell us something, and what its page shows."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.audit.models import AuditEntry
from recognition.identity.models import Membership
from recognition.inlets.hook_forms import FIELDS, BadHook, hook_form
from recognition.inlets.models import Inlet
from recognition.inlets.rules import HOOK_PURPOSE
from recognition.web.secrets import candidates, derived
from tests.factories.identity import make_group, make_member
from tests.factories.inlets import NOW, make_inlet, send
from tests.inlets import deliveries as d

COUNCIL, GROUP = "/council/inlets", "/groups/nairobi/inlets"
FORUM_FIELDS = {"source": "discourse", "name": "Our forum", "url": "https://forum.example.org/", "categories": "4, 2 4"}


def only(db: Any) -> Inlet:
    db.session.rollback()
    return db.session.scalars(sa.select(Inlet)).one()  # type: ignore[no-any-return]


def shown_secret(page: str) -> str:
    found = re.search(r'id="copy-secret"[^>]* value="([^"]+)"', page)
    return found[1] if found else ""


def test_from_nothing_to_a_delivery(client: FlaskClient, db: Any, sign_in: Any) -> None:
    sign_in(client, make_member("cora", roles=("council",)))
    assert send(client, COUNCIL, FORUM_FIELDS, COUNCIL).status_code == 303
    inlet = only(db)
    assert (inlet.source, inlet.state, inlet.config) == (
        "discourse", "off", {"url": "https://forum.example.org", "categories": [2, 4]}
    )  # fmt: skip
    page = f"{COUNCIL}/{inlet.key}"
    assert derived(HOOK_PURPOSE, inlet.key, 1) not in client.get(page).get_data(as_text=True)
    secret = shown_secret(send(client, f"{page}/act", {"act": "secret"}, page).get_data(as_text=True))
    assert secret == derived(HOOK_PURPOSE, inlet.key, 1)
    delivery = d.discourse("post_created", d.post(), secret)
    assert client.post("/api/v1/hooks/discourse", **delivery).status_code == 401  # it is off
    send(client, f"{page}/act", {"act": "switch", "on": "1"}, page)
    assert client.post("/api/v1/hooks/discourse", **delivery).status_code == 202
    text = client.get(page).get_data(as_text=True)
    assert ("post_created" in text, "1 thing" in text, "Amina" in text) == (True, True, False)
    send(client, f"{page}/act", {"act": "rotate"}, page)
    newer = shown_secret(send(client, f"{page}/act", {"act": "secret"}, page).get_data(as_text=True))
    assert newer != secret
    for number, one in enumerate((secret, newer), 5):
        assert client.post("/api/v1/hooks/discourse", **d.discourse("ping", {"ping": "OK"}, one, number)).status_code == 202
    send(client, f"{page}/act", {"act": "remove"}, page)
    db.session.rollback()
    assert list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id))) == [
        "inlet.added", "inlet.secret_shown", "inlet.switched_on", "inlet.rotated", "inlet.secret_shown", "inlet.removed"
    ]  # fmt: skip
    assert client.get(page).status_code == 404


def person(db: Any, who: str) -> Any:
    group = make_group()
    if who == "council":
        return make_member(who, roles=("council",))
    member = make_member(who)
    if who in ("member", "curator", "former"):
        state, curates = ("out" if who == "former" else "in"), who != "member"
        db.session.add(Membership(group_id=group.id, member_id=member.id, is_curator=curates, state=state, since=NOW))
        db.session.flush()
    return member


@pytest.mark.parametrize(
    ("who", "council", "group"),
    [("stranger", 403, 403), ("member", 403, 403), ("former", 403, 403), ("curator", 403, 200), ("council", 200, 200)],
)
def test_the_council_for_the_house_and_curators_for_their_group(
    client: FlaskClient, db: Any, sign_in: Any, who: str, council: int, group: int
) -> None:
    sign_in(client, person(db, who))
    inlet = make_inlet(config={"url": d.FORUM_URL})
    db.session.commit()
    assert (client.get(COUNCIL).status_code, client.get(GROUP).status_code) == (council, group)
    told = send(client, f"{COUNCIL}/{inlet.key}/act", {"act": "switch", "on": "0"}, COUNCIL if council == 200 else "/me/accounts")
    assert told.status_code == (303 if council == 200 else 403)
    # The house's inlets are not found among a group's.
    assert client.get(f"{GROUP}/{inlet.key}").status_code == (404 if group == 200 else 403)
    assert only(db).state == ("off" if council == 200 else "on")


def test_a_guest_is_asked_to_sign_in(client: FlaskClient, db: Any) -> None:
    assert [client.get(path).status_code for path in (COUNCIL, GROUP, "/me/accounts", "/me/suggestions")] == [302] * 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": "smoke"}, "source"), ({"name": " "}, "name"), ({"name": "x" * 200}, "name"), ({"url": "forum"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"), ({"url": "https://a b"}, "url"), ({"url": "https://u:p@forum.example"}, "url"),
        ({"url": "https://forum.example/?x=1"}, "url"), ({"categories": "general"}, "categories"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_right_is_said_and_kept(
    client: FlaskClient, db: Any, sign_in: Any, changes: dict[str, str], field: str
) -> None:
    sign_in(client, make_member("cora", roles=("council",)))
    typed = FORUM_FIELDS | changes
    with pytest.raises(BadHook) as bad:
        hook_form(typed)
    assert list(bad.value.errors) == [field]
    answer = send(client, COUNCIL, typed, COUNCIL)
    assert answer.status_code == 422
    if typed["source"] == "discourse":
        assert bad.value.errors[field] in answer.get_data(as_text=True)
        assert f'value="{typed["url"]}"' in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Inlet)) == 0


@given(st.fixed_dictionaries({name: st.text(max_size=40) for name in FIELDS}), st.sampled_from(["discourse", "github"]))
@settings(max_examples=100, deadline=None)
def test_no_form_is_a_surprise(typed: dict[str, str], source: str) -> None:
    faults: set[str] = set()
    try:
        assert hook_form(typed | {"source": source}).source == source
    except BadHook as bad:
        faults = set(bad.errors)
    assert faults <= set(FIELDS)


def test_at_most_so_many_of_one_source(client: FlaskClient, db: Any, sign_in: Any) -> None:
    sign_in(client, make_member("cora", roles=("council",)))
    for number in range(20):
        make_inlet(key=f"k{number}")
    db.session.commit()
    answer = send(client, COUNCIL, FORUM_FIELDS, COUNCIL)
    assert answer.status_code == 422
    assert "These are 20 already." in answer.get_data(as_text=True)
    assert send(client, COUNCIL, {"source": "github", "name": "Code"}, COUNCIL).status_code == 303


def test_the_list_costs_the_same_for_one_and_for_many(client: FlaskClient, db: Any, sign_in: Any, count_queries: Any) -> None:
    sign_in(client, make_member("cora", roles=("council",)))
    costs = []
    for number in (1, 3):
        for turn in range(number):
            make_inlet(key=f"k{number}{turn}", config={"url": d.FORUM_URL})
        db.session.commit()
        client.get(COUNCIL)
        with count_queries() as seen:
            assert client.get(COUNCIL).status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12


def test_secrets_differ_by_purpose_key_and_number(app: Any) -> None:
    made = {derived(purpose, key, number) for purpose in ("a", "b") for key in ("k", "l") for number in (1, 2)}
    assert len(made) == 8
    assert {len(one) for one in made} == {43}
    assert candidates("a", "k", 1, NOW + timedelta(1), NOW) == [derived("a", "k", 1)]
    assert candidates("a", "k", 2, NOW + timedelta(1), NOW) == [derived("a", "k", 2), derived("a", "k", 1)]
    assert candidates("a", "k", 2, NOW, NOW) == [derived("a", "k", 2)]
