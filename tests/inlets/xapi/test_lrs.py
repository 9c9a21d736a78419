"""The learning record store over HTTP: who gets in, what is stored once, what is found, what is voided."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from recognition.activities.models import PASSIVE, Activity
from recognition.identity.models import Account, Grant
from recognition.inlets.models import Sighting, Statement, StatementMark
from tests.activities.test_api import make_token
from tests.activities.test_record import in_threads
from tests.factories.identity import JOINED, make_member
from tests.factories.xapi import ADA, BEE, COMPLETED, COURSE, make_statement, make_voiding, statement_id

PATH = "/xapi/statements"
VERSION = {"X-Experience-API-Version": "1.0.3"}
BOTH = ("statements:read", "statements:write")


class Platform:
    """A program with the token of a member."""

    def __init__(self, client: Any, member: Any, *scopes: str) -> None:
        self.client, self.header = client, {**make_token(member, *(scopes or BOTH)), **VERSION}

    def post(self, *statements: Any) -> Any:
        return self.client.post(PATH, json=list(statements), headers=self.header)

    def put(self, number: int, statement: Any) -> Any:
        return self.client.put(f"{PATH}?statementId={statement_id(number)}", json=statement, headers=self.header)

    def get(self, query: str = "", path: str = PATH, **more: str) -> Any:
        return self.client.get(f"{path}?{query}" if query else path, headers={**self.header, **more})

    def ids(self, query: str = "") -> list[int]:
        answer = self.get(query)
        assert answer.status_code == 200, answer.text
        return [number_of(one) for one in answer.json["statements"]]

    def about(self, who: dict[str, Any], query: str = "") -> list[int]:
        return self.ids(f"agent={quote(json.dumps(who))}&{query}".rstrip("&"))


def number_of(statement: dict[str, Any]) -> int:
    return int(statement["id"][-12:], 16)


@pytest.fixture
def carl(db: Any) -> Any:
    return make_member("carl", roles=("council",))


@pytest.fixture
def platform(client: Any, carl: Any) -> Platform:
    return Platform(client, carl)


def stored(db: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) or 0


def test_what_it_says_of_itself_needs_no_token(client: Any) -> None:
    answer = client.get("/xapi/about")
    assert (answer.status_code, answer.json) == (200, {"version": ["1.0.3"], "extensions": {}})
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


@pytest.mark.parametrize("version", [None, "0.95", "1.1.0", "2.0.0", "1.0.x"])
def test_only_version_one(platform: Platform, version: str | None) -> None:
    header = {name: value for name, value in platform.header.items() if name == "Authorization"}
    answer = platform.client.get(PATH, headers=header | ({"X-Experience-API-Version": version} if version else {}))
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (400, "1.0.3")


def test_who_gets_in(client: Any, db: Any, carl: Any) -> None:
    reads, writes = make_token(carl, "statements:read"), make_token(carl, "statements:write", name="w")
    secret = reads["Authorization"].removeprefix("Bearer ")
    basic = {"Authorization": "Basic " + base64.b64encode(f"carl:{secret}".encode()).decode()}
    wrong = {"Authorization": "Basic " + base64.b64encode(b"carl:not-the-token").decode()}
    gone = make_token(make_member("gone", state="suspended"), *BOTH)
    asked = [(200, reads), (200, basic), (403, writes), (401, wrong), (401, {}), (401, gone)]
    assert [client.get(PATH, headers={**header, **VERSION}).status_code for _status, header in asked] == [s for s, _h in asked]
    assert client.post(PATH, json=make_statement(1), headers={**reads, **VERSION}).status_code == 403
    assert stored(db) == 0


def test_what_is_stored_and_given_back(platform: Platform, db: Any) -> None:
    answer = platform.post(make_statement(1), make_statement())
    assert (answer.status_code, answer.json[0], len(answer.json)) == (200, statement_id(1), 2)
    found = platform.get(f"statementId={statement_id(1).upper()}")
    kept = found.json
    assert {name: kept[name] for name in ("actor", "verb", "object", "id", "version", "authority")} == {
        **make_statement(1), "version": "1.0.0",
        "authority": {"objectType": "Agent", "account": {"homePage": "http://localhost", "name": "carl"}},
    }  # fmt: skip
    assert kept["stored"] == kept["timestamp"]
    assert found.headers["Last-Modified"].endswith("GMT")
    assert found.headers["X-Experience-API-Consistent-Through"] >= kept["stored"]
    assert found.headers["Cache-Control"] == "private, no-store"
    head = platform.client.head(f"{PATH}?statementId={statement_id(1)}", headers=platform.header)
    assert (head.status_code, head.data) == (200, b"")
    assert platform.get(f"statementId={statement_id(7)}").status_code == 404


def test_an_id_is_taken_once(platform: Platform, db: Any) -> None:
    assert platform.put(1, make_statement()).status_code == 204
    assert platform.put(1, make_statement(1, verb={"id": COMPLETED})).status_code == 204
    assert platform.post(make_statement(1)).json == [statement_id(1)]
    for answer in (platform.put(1, make_statement(actor=BEE)), platform.post(make_statement(2), make_statement(1, actor=BEE))):
        assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert platform.put(1, make_statement(2)).status_code == 400
    assert platform.client.put(PATH, json=make_statement(), headers=platform.header).status_code == 400
    assert stored(db) == 1


def test_a_batch_is_stored_whole_or_not_at_all(platform: Platform, db: Any) -> None:
    bad = platform.post(make_statement(1), make_statement(2, verb={"id": "no"}))
    assert (bad.status_code, bad.json["detail"][:13]) == (400, "[1].verb.id: ")
    assert platform.post(make_statement(1), make_statement(1)).status_code == 400
    assert platform.post(*([make_statement()] * 1001)).status_code == 413
    assert stored(db) == 0
    assert (platform.post().status_code, platform.post().json) == (200, [])
    batch = [make_statement(number) for number in range(1, 4)]
    assert platform.post(*batch).json == platform.post(*reversed(batch)).json[::-1]
    assert stored(db) == 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [("multipart/mixed; boundary=x", b"--x--"), ("text/plain", b"{}"), ("application/json", b"{"), ("application/json", b"5"),
     ("application/json", b'{"actor": 1, "actor": 2}')],
    ids=range(5),
)  # fmt: skip
def test_bodies_that_are_refused(platform: Platform, kind: str, body: bytes) -> None:
    answer = platform.client.post(PATH, data=body, headers={**platform.header, "Content-Type": kind})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_body_too_large(platform: Platform, db: Any) -> None:
    much = make_statement(1, result={"extensions": {"urn:x": ["y" * 1000] * 5300}})
    answer = platform.post(much)
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    assert stored(db) == 0


def test_a_batch_costs_a_handful_of_statements(platform: Platform, db: Any, count_queries: Any) -> None:
    counts = []
    for first, size in ((100, 2), (200, 2), (300, 40)):
        with count_queries() as seen:
            assert platform.post(*(make_statement(first + n) for n in range(size))).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2] <= 25


BAD_QUERIES = [
    "verb=completed", "agent=ada", "agent={}", "limit=-1", "limit=x", "since=today", "ascending=yes", "format=xml", "Verb=x:y",
    f"statementId={statement_id(1)}&verb=x:y", f"statementId={statement_id(1)}&voidedStatementId={statement_id(1)}",
    "statementId=1", "registration=1", "related_agents=1", "cursor=abc", "verb=x:y&verb=x:z", "attachments=maybe",
]  # fmt: skip


@pytest.mark.parametrize("query", BAD_QUERIES, ids=range(len(BAD_QUERIES)))
def test_questions_that_are_not_understood(platform: Platform, query: str) -> None:
    assert platform.get(query).status_code == 400
    assert platform.get(query, path=f"{PATH}/more").status_code == 400


def test_what_is_found(platform: Platform) -> None:
    group = {"objectType": "Group", "member": [BEE]}
    registration = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
    other = {"id": "https://learn.example/courses/other"}
    around = {"registration": registration, "instructor": BEE, "contextActivities": {"parent": {"id": COURSE}}}
    inside = {"objectType": "SubStatement", "actor": BEE, "verb": {"id": "https://learn.example/planned"}, "object": other}
    platform.post(make_statement(1), make_statement(2, actor=group), make_statement(3, object={"objectType": "Agent", **BEE}))
    platform.post(make_statement(4, object=other, context=around), make_statement(5, object=inside))
    assert platform.ids() == [5, 4, 3, 2, 1]
    assert platform.ids("ascending=true") == [1, 2, 3, 4, 5]
    assert platform.ids("limit=2") == [5, 4]
    assert platform.about(ADA) == [5, 4, 3, 1]
    assert platform.about(BEE) == [3, 2]
    assert platform.about(BEE, "related_agents=true") == [5, 4, 3, 2]
    assert platform.ids(f"activity={COURSE}") == [2, 1]
    assert platform.ids(f"activity={COURSE}&related_activities=true") == [4, 2, 1]
    assert platform.ids(f"activity={quote(other['id'])}&related_activities=true") == [5, 4]
    assert platform.ids(f"registration={registration.upper()}") == [4]
    assert platform.ids("verb=https://learn.example/planned") == []
    assert platform.about(BEE, f"activity={COURSE}") == [2]
    moments = [one["stored"] for one in platform.get("ascending=true").json["statements"]]
    assert platform.ids(f"since={moments[2]}") == [5, 4]
    assert platform.ids(f"until={moments[2]}") == [3, 2, 1]
    assert platform.ids(f"since={moments[2]}&until={moments[4]}&limit=1") == [5]


def test_pages_follow_each_other(platform: Platform, count_queries: Any) -> None:
    platform.post(*(make_statement(number) for number in range(1, 8)))
    counts, found, address = [], [], f"{PATH}?limit=3&verb={quote(COMPLETED)}"
    while address:
        with count_queries() as seen:
            answer = platform.client.get(address, headers=platform.header)
        counts.append(len(seen))
        found.append([number_of(one) for one in answer.json["statements"]])
        address = answer.json["more"]
    assert found == [[7, 6, 5], [4, 3, 2], [1]]
    assert counts[1] == counts[2] <= 8


def test_what_refers_to_a_statement_is_found_with_it_whichever_came_first(platform: Platform) -> None:
    def about(target: int, number: int) -> dict[str, Any]:
        return make_statement(number, actor=BEE, verb={"id": "https://learn.example/praised"},
                              object={"objectType": "StatementRef", "id": statement_id(target)})  # fmt: skip

    platform.post(about(2, 3))
    platform.post(about(1, 2))
    assert platform.about(ADA) == []
    platform.post(make_statement(1))
    platform.post(about(3, 4))
    assert platform.about(ADA) == [4, 1, 2, 3]
    assert platform.about(ADA, f"verb={quote(COMPLETED)}") == [4, 1, 2, 3]
    # Each of the two is met, but by different statements.
    assert platform.about(BEE, f"verb={quote(COMPLETED)}") == []


def test_statements_about_each_other_end(platform: Platform, db: Any) -> None:
    ring = [make_statement(n, object={"objectType": "StatementRef", "id": statement_id(n % 12 + 1)}) for n in range(1, 13)]
    assert platform.post(*ring).status_code == 200
    assert sorted(platform.about(ADA)) == list(range(1, 13))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StatementMark)) < 12 * 12 * 5


def test_a_small_request_does_not_become_millions_of_rows(platform: Platform, db: Any) -> None:
    members = [{"mbox": f"mailto:{number}@hall.example"} for number in range(60)]
    crowd = make_statement(1, actor={"objectType": "Group", "member": members})
    about = {"objectType": "StatementRef", "id": statement_id(1)}
    batch = [crowd, *(make_statement(number, object=about) for number in range(2, 1001))]
    answer = platform.post(*batch)
    assert (answer.status_code, "send fewer together" in answer.json["detail"]) == (400, True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StatementMark)) == 0
    assert platform.post(*batch[:100]).status_code == 200


def test_voiding(platform: Platform, db: Any) -> None:
    platform.post(make_statement(1), make_statement(2))
    assert platform.put(3, make_voiding(1)).status_code == 204
    assert platform.ids() == [3, 2]
    assert platform.get(f"statementId={statement_id(1)}").status_code == 404
    assert platform.get(f"voidedStatementId={statement_id(1)}").json["id"] == statement_id(1)
    assert platform.get(f"voidedStatementId={statement_id(2)}").status_code == 404
    assert platform.post(make_voiding(3, 4)).status_code == 400
    assert platform.put(3, make_voiding(1)).status_code == 204
    assert platform.post(make_voiding(9, 8)).status_code == 200
    assert platform.post(make_statement(9)).status_code == 200
    assert platform.ids() == [8, 3, 2]
    assert platform.post(make_voiding(7, 6), make_statement(7)).status_code == 200
    assert platform.ids() == [6, 8, 3, 2]


def test_who_may_void(client: Any, platform: Platform, db: Any) -> None:
    ada, bob = (Platform(client, make_member(name)) for name in ("ada", "bob"))
    ada.post(make_statement(1), make_statement(2))
    refused = bob.post(make_voiding(1, 3))
    assert (refused.status_code, stored(db)) == (403, 2)
    assert bob.post(make_voiding(5, 6)).status_code == 200
    assert ada.post(make_statement(5)).status_code == 200
    assert ada.ids() == [5, 2, 1]
    assert ada.post(make_voiding(1, 7)).status_code == 200
    assert platform.post(make_voiding(2, 8)).status_code == 200
    assert ada.ids() == [7, 5]


def test_who_reads_what(client: Any, platform: Platform, db: Any) -> None:
    ada, bob = make_member("ada"), make_member("bob")
    for member, email, is_verified in ((ada, "ada@EXAMPLE.org", True), (bob, "bee@example.org", False)):
        db.session.add(Account(member_id=member.id, issuer="https://id.example", subject=member.handle, email=email,
                               email_verified=is_verified, created_at=JOINED))  # fmt: skip
    readers = [platform, Platform(client, ada), Platform(client, bob)]
    readers[2].post(make_statement(1, actor=BEE))
    platform.post(make_statement(2), make_statement(3, actor={"mbox": "mailto:bee@example.org"}))
    platform.post(
        make_statement(
            4, actor={"account": {"homePage": "https://id.example", "name": "bob"}}, object={"objectType": "Agent", **ADA}
        )
    )
    assert [reader.ids() for reader in readers] == [[4, 3, 2, 1], [2], [4, 1]]
    statuses = [reader.get(f"statementId={statement_id(3)}").status_code for reader in readers]
    assert statuses == [200, 404, 404]
    assert [reader.about(ADA) for reader in readers] == [[4, 2], [2], [4]]


def test_formats_and_the_answer_in_parts(platform: Platform) -> None:
    platform.post(make_statement(1))
    query = f"statementId={statement_id(1)}"
    assert platform.get(f"{query}&format=ids").json["object"] == {"id": COURSE}
    german = platform.get(f"{query}&format=canonical", **{"Accept-Language": "de, en;q=0.5"}).json
    assert german["object"]["definition"] == {"name": {"de": "Erste Hilfe"}}
    parts = platform.get(f"{query}&attachments=true")
    line = parts.headers["Content-Type"].removeprefix("multipart/mixed; boundary=")
    assert parts.text.split("\r\n")[:2] == [f"--{line}", "Content-Type: application/json"]
    assert json.loads(parts.text.split("\r\n")[3])["id"] == statement_id(1)


def test_a_course_in_a_browser_on_another_site(platform: Platform) -> None:
    asked = platform.client.options(PATH, headers={"Origin": "https://learn.example", "Access-Control-Request-Method": "PUT"})
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    from_there = {**platform.header, "Origin": "https://learn.example", "Sec-Fetch-Site": "cross-site"}
    assert platform.client.post(PATH, json=make_statement(1), headers=from_there).status_code == 200
    assert platform.client.delete(PATH, headers=platform.header).headers["X-Experience-API-Version"] == "1.0.3"


def deeds(db: Any) -> list[tuple[str, str, str | None, int, bool]]:
    rows = db.session.scalars(sa.select(Activity).where(Activity.source == "xapi").order_by(Activity.id))
    return [(row.kind, row.text, row.url, row.evidence, row.withdrawn_at is None) for row in rows]


@pytest.fixture
def ada(db: Any) -> Any:
    ada = make_member("ada")
    db.session.add(Account(member_id=ada.id, issuer="https://id.example", subject="ada", email="ada@example.org",
                           email_verified=True, created_at=JOINED))  # fmt: skip
    db.session.commit()
    return ada


def states(db: Any) -> list[tuple[str, int | None, bool]]:
    db.session.expire_all()
    return [
        (row.state, row.member_id, row.gone) for row in db.session.scalars(sa.select(Sighting).order_by(Sighting.place.desc()))
    ]


def test_what_a_platform_tells_is_asked_about(platform: Platform, db: Any, ada: Any) -> None:
    opened = make_statement(3, verb={"id": "http://adlnet.gov/expapi/verbs/initialized"})
    failed = make_statement(4, result={"success": False})
    platform.post(make_statement(1), make_statement(2, actor=BEE), opened, failed)
    assert states(db) == [("asked", ada.id, False), ("new", None, False)]
    draft = db.session.scalar(sa.select(Sighting.draft).where(Sighting.member_id == ada.id))
    assert (draft["kind"], draft["text"], draft["url"]) == ("Finished a course", "First aid for laptops", COURSE)
    platform.post(make_statement(1))
    platform.post(make_voiding(1, 5))
    assert states(db) == [("asked", ada.id, True), ("new", None, False)]


@pytest.mark.parametrize("moment", ["2026-11-01T10:00:00", "2026-11-01T11:00:00,000+01", "2026-11-01T10:00:00.0000000Z"])
def test_a_moment_is_read_as_the_standard_writes_it(platform: Platform, db: Any, ada: Any, moment: str) -> None:
    """Without a zone it is in UTC."""
    assert platform.post(make_statement(1, timestamp=moment)).status_code == 200
    assert db.session.scalar(sa.select(Sighting.occurred_at)) == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_a_deed_that_is_taken_at_once_and_voided(platform: Platform, db: Any, ada: Any) -> None:
    from tests.factories.inlets import make_account

    make_account(ada.id, "ada", source="xapi", place="learn.example", mode="take")
    platform.post(make_statement(1, actor={"account": {"homePage": "https://learn.example/", "name": "ada"}}))
    told = ("finished-a-course", "First aid for laptops", COURSE, PASSIVE)
    assert deeds(db) == [(*told, True)]
    platform.post(make_voiding(1, 2))
    assert deeds(db) == [(*told, False)]


def test_what_was_told_is_taken_back_also_by_who_may_tell_no_more(platform: Platform, db: Any, carl: Any, ada: Any) -> None:
    platform.post(make_statement(1))
    assert states(db) == [("asked", ada.id, False)]
    db.session.execute(sa.delete(Grant))
    db.session.commit()
    assert platform.post(make_voiding(1, 2)).status_code == 200
    assert platform.post(make_statement(3)).status_code == 200
    assert states(db) == [("asked", ada.id, True)]


def test_the_word_of_a_member_s_own_program_is_stored_and_is_no_deed(client: Any, db: Any, ada: Any) -> None:
    """Otherwise everybody could tell passive deeds, of themselves and of others."""
    assert Platform(client, ada).post(make_statement(1)).status_code == 200
    assert states(db) == []


def test_all_who_were_there(platform: Platform, db: Any, ada: Any) -> None:
    everybody = {"objectType": "Group", "member": [ADA, BEE, {"mbox_sha1sum": "0" * 40}, ADA]}
    attended = {"id": "http://adlnet.gov/expapi/verbs/attended"}
    platform.post(make_statement(1, actor=everybody, verb=attended, object={"id": "urn:meeting:7"}))
    assert states(db) == [("asked", ada.id, False), ("new", None, False)]


def test_many_at_once_under_one_id(app: Any, platform: Platform, db: Any) -> None:
    """One of them is first; whoever says the same is told so, and the others that it is taken."""

    def put(number: int) -> int:
        header = {**platform.header, "Content-Type": "application/json"}
        body = json.dumps(make_statement(object={"id": f"{COURSE}/{number % 2}"}))
        status: int = app.test_client().put(f"{PATH}?statementId={statement_id(1)}", data=body, headers=header).status_code
        return status

    db.session.commit()
    answers = in_threads(app, 6, put)
    assert sorted(answers) == [204, 204, 204, 409, 409, 409]
    assert stored(db) == 1


def test_moments_grow_with_each_batch(app: Any, platform: Platform, db: Any) -> None:
    """So that whoever asks for what is new since the last they saw misses nothing."""

    def post(number: int) -> int:
        batch = [make_statement(number * 10 + n) for n in range(3)]
        status: int = app.test_client().post(PATH, json=batch, headers=platform.header).status_code
        return status

    db.session.commit()
    assert set(in_threads(app, 6, post)) == {200}
    rows = db.session.execute(sa.select(Statement.stored_at).order_by(Statement.id)).scalars().all()
    assert rows == sorted(rows)
    assert len(rows) == 18
