"""The pages of results: what they tell and to whom, and that nothing is told before the close."""

import hashlib
import re
from html import unescape

import pytest

from recognition import clock
from recognition.contests import jobs
from recognition.contests.models.contest import Round
from recognition.contests.order import seed_hash
from recognition.contests.services import correcting
from recognition.contests.services.closing import close_round
from recognition.extensions import db as database
from recognition.identity.models import Member
from tests.contests.test_closing import a_vote, people
from tests.factories.contests import NOW, days, make_contest, make_entry, open_round, put_ballot
from tests.factories.identity import make_member

RESULTS = "/contests/draw-mdm/results"
CSV = "/contests/draw-mdm/ballots.csv"
API = "/api/v1/contests/draw-mdm/ballots.csv"


@pytest.fixture(autouse=True)
def no_tokens(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with clock.as_of(NOW):
        yield


def closed(*ballots: str, **changes):
    contest, one, entries = a_vote(*ballots, **changes)
    with clock.as_of(days(7)):
        assert close_round(one.id, days(7))
        jobs.tell_results(contest.id)
    database.session.commit()
    return contest, one, entries


def ranked(method: str, ballots: list[dict[str, int]], **changes):
    contest = make_contest(**changes)
    contest.rounds[0].method = method
    entries = {letter: make_entry(contest, make_member(f"maker-{letter}"), title=f"Entry {letter}") for letter in "abc"}
    roll = people(len(ballots))
    one = open_round(contest.rounds[0], list(entries.values()), roll)
    for voter, marks in zip(roll, ballots, strict=True):
        put_ballot(one, voter, {entries[letter].id: value for letter, value in marks.items()})
    with clock.as_of(days(7)):
        close_round(one.id, days(7))
    database.session.commit()
    return contest, one, entries


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_story_thanks_first_and_then_tells_who_won(client, db):
    closed("ab", "a", "ac", "-", voters=6)
    page = client.get(RESULTS)
    assert page.status_code == 200
    words = text(page.text)
    assert "4 pictures were handed in. 4 of the 6 people on the roll voted. Thank you, every one of you." in words
    assert words.index("Thank you, every one of you") < words.index("First place") < words.index("Every entry, and how it did")
    assert "on 3 of 4 ballots" in words
    assert "1 ballot says nothing about any entry; it counts as a vote cast." in words
    assert "recognition contests tally draw-mdm-round-1.csv --method approval" in words


@pytest.mark.parametrize("path", [RESULTS, f"{RESULTS}?after=x", CSV, f"{CSV}?round=1", f"{CSV}?round=1&count=1", API])
@pytest.mark.parametrize("who", ["guest", "voter0", "council", "admin"])
def test_nothing_is_told_before_the_close(app, db, sign_in, path, who):
    _contest, one, entries = a_vote("ab", "a", "ac")
    client = app.test_client()
    if who != "guest":
        member = db.session.query(type(entries["a"].member)).filter_by(handle=who).first() or make_member(who, roles=(who,))
        sign_in(client, member)
    answer = client.get(path)
    assert answer.status_code == (409 if "ballots" in path else 200)
    words = text(answer.text)
    assert "ballots were" not in words
    for told in ("on 2 of", "on 3 of", "place 1", "Place 1", "First place", "3 of the 3", "voted", entries["a"].key):
        assert told not in words
    assert one.outcome is None


def test_hidden_people_and_hidden_entries_stay_hidden_in_results(client, db):
    _contest, _one, entries = closed("ab", "a", "ac")
    entries["b"].hidden_at = days(1)
    entries["c"].title = "Unseen title"
    entries["c"].member.state = "suspended"
    db.session.commit()
    page = client.get(RESULTS).text
    assert "Unseen title" not in page
    assert text(page).count("An entry that is not shown") == 2
    assert entries["b"].key not in page


def test_of_persons_only_the_chosen_one_until_numbers_are_asked_for(client, db):
    contest, one, entries = a_vote("ab", "a", "ac", takes="person")
    for letter, name in zip("abcd", ("Ada", "Bo", "Cy", "Dee"), strict=True):
        entries[letter].nominee_id = make_member(f"named-{letter}", name=name).id
        entries[letter].nominee_agreed = True
    db.session.commit()
    close_round(one.id, days(7))
    db.session.commit()
    kind = text(client.get(RESULTS).text)
    assert "Chosen by all of us" in kind
    assert "Thank you to everybody who was named" in kind
    for number in ("on 3 of", "on 1 of", "Place 2", "on 0 of"):
        assert number not in kind
    assert "on 1 of 3 ballots" in text(client.get(f"{RESULTS}?numbers=1").text)
    assert contest.takes == "person"


def test_corrections_stand_on_the_page_with_their_reason(client, db):
    _contest, _one, entries = closed("ab", "a", "ac")
    correcting.disqualify(entries["a"], None, "It was somebody else's", days(8))
    db.session.commit()
    words = text(client.get(RESULTS).text)
    assert "This result was corrected It was somebody else's" in words
    assert "“a” takes no part any more: It was somebody else's" in words
    assert "on 3 of" not in words
    before = client.get(f"{CSV}?count=1").text.splitlines()
    after = client.get(CSV).text.splitlines()
    keys = sorted(entry.key for entry in entries.values())
    assert before[0] == ",".join(keys)
    assert after[0] == ",".join(key for key in keys if key != entries["a"].key)
    assert len(before) == len(after) == 4


def part(page: str, anchor: str) -> str:
    return page.split(f'id="{anchor}"', 1)[1].split("</section>", 1)[0]


def test_the_first_result_stays_readable_beside_the_corrected_one(client, db, count_queries):
    _contest, one, entries = closed("ab", "a", "ac")
    first = client.get(CSV).data
    correcting.disqualify(entries["a"], None, "It was somebody else's", days(8))
    correcting.disqualify(entries["b"], None, "Made by a machine", days(9))
    db.session.commit()
    with count_queries() as seen:
        page = client.get(RESULTS).text
    assert len(seen) <= 12, seen
    assert "4 pictures were handed in. 3 of" in text(page)
    assert "This is result 3." in text(part(page, "corrections"))
    second, whole = part(page, "before").split("<details", 2)[1:]
    assert "Result 1" in text(whole)
    assert re.search(r"Replaced by result 2 on [^:]+: It was somebody else's", text(whole))
    assert "Place 1: “a”, disqualified since: It was somebody else's" in text(whole)
    assert "Place 2, shared: “b”, disqualified since: Made by a machine" in text(whole)
    assert "Place 2, shared: c" in text(whole)
    assert "Result 2" in text(second)
    assert "Place 1, shared: “b”, disqualified since: Made by a machine" in text(second)
    assert "“a”" not in text(second)
    # The file as it was, and what the page said of it.
    for number, told in ((1, whole), (2, second)):
        answer = client.get(unescape(re.search(r'href="([^"]+ballots.csv[^"]+)"', told)[1]))
        assert hashlib.sha256(answer.data).hexdigest() in told, number
        assert answer.data == first or number == 2
    assert one.outcome["digest"] in whole
    entries["b"].hidden_at = days(9)
    entries["a"].member.state = "suspended"
    db.session.commit()
    assert text(part(client.get(RESULTS).text, "before")).count("“An entry that is not shown”, disqualified since") == 3


def test_of_persons_the_first_result_names_the_chosen_one_until_numbers_are_asked_for(client, db):
    _contest, one, entries = a_vote("ab", "a", "c", takes="person")
    for letter, name in zip("abcd", ("Ada", "Bo", "Cy", "Dee"), strict=True):
        entries[letter].nominee_id, entries[letter].nominee_agreed = make_member(f"named-{letter}", name=name).id, True
    db.session.commit()
    close_round(one.id, days(7))
    correcting.disqualify(entries["d"], None, "Named twice", days(8))
    db.session.commit()
    page = client.get(RESULTS).text
    assert "4 people were named." in text(page)
    assert "Place 1: Ada" in text(part(page, "before"))
    assert "Place 2" not in text(part(page, "before"))
    numbers = text(part(client.get(f"{RESULTS}?numbers=1").text, "before"))
    assert "Place 4: “A nomination”, disqualified since: Named twice" in numbers
    assert "Dee" not in numbers


def test_duels_are_drawn_as_a_table_with_every_number(client, db):
    ranked("schulze", [{"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}, {"b": 1, "a": 2}])
    page = client.get(RESULTS).text
    words = text(page)
    assert "Every two against each other" in words
    assert "The closest “Entry a” against “Entry b”, 2 to 1" in words
    assert re.search(r'class="c-duel-map__l7 c-duel-map__won">2<span class="u-hidden-visually"> to 1', page)
    assert "style=" not in page.split("<main", 1)[1]


def test_instant_runoff_tells_each_step(client, db):
    ranked("irv", [{"a": 1, "b": 2}, {"a": 1}, {"b": 1}, {"b": 1, "a": 2}, {"c": 1, "b": 2}])
    words = text(client.get(RESULTS).text)
    assert "Step 1" in words
    assert "Entry c fell." in words
    assert "Step 2" in words


def test_lots_can_be_drawn_again(client, db):
    contest, *_rest = closed("ab", "ab", tie_rule="draw")
    words = text(client.get(RESULTS).text)
    assert seed_hash(contest.seed) in words
    assert contest.seed in words
    assert f"--method approval --seed {contest.seed}" in words


def test_the_seed_is_a_secret_until_the_last_close(client, db):
    contest, one, _entries = a_vote("ab", rounds=2, tie_rule="draw")
    close_round(one.id, days(7))
    db.session.commit()
    assert contest.seed not in client.get(RESULTS).text


def test_before_the_last_round_the_page_says_that_it_goes_on(client, db):
    _contest, one, _entries = a_vote("ab", "a", rounds=2)
    close_round(one.id, days(7))
    db.session.commit()
    words = text(client.get(RESULTS).text)
    assert "How far it is" in words
    assert "It goes on" in words
    assert "First place" not in words


def test_nobody_is_placed_where_too_few_voted(client, db):
    closed("a", voters=4, round_changes={"quorum": 2})
    assert "Nobody was placed" in text(client.get(RESULTS).text)


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_asks_as_much_for_many_entries_as_for_few(app, db, count_queries, sign_in, count):
    contest = make_contest()
    entries = [make_entry(contest, make_member(f"maker{number}")) for number in range(count)]
    one = open_round(contest.rounds[0], entries, people(3))
    put_ballot(one, database.session.merge(make_member("extra")), {entries[0].id: 1})
    close_round(one.id, days(7))
    db.session.commit()
    client = app.test_client()
    sign_in(client, make_member("reader"))
    client.get(RESULTS)
    with count_queries() as seen:
        assert client.get(RESULTS).status_code == 200
    assert len(seen) <= 12, seen


def test_a_long_order_has_pages(client, db):
    contest = make_contest()
    entries = [make_entry(contest, make_member(f"maker{number}"), title=f"Work {number:02}") for number in range(30)]
    one = open_round(contest.rounds[0], entries, people(1))
    put_ballot(one, db.session.query(Member).filter_by(handle="voter0").one(), {entries[0].id: 1})
    close_round(one.id, days(7))
    db.session.commit()
    first = client.get(RESULTS).text
    older = re.search(r'href="(/contests/draw-mdm/results\?after=[^"#]+)', first)
    rest = client.get(older[1]).text
    seen = [title for page in (first, rest) for title in re.findall(r'p-results__who">\s*<a[^>]*>(Work \d\d)', page)]
    assert sorted(seen) == sorted(entry.title for entry in entries)
    assert client.get(f"{RESULTS}?after=nonsense").status_code == 400


def test_what_is_not_there_is_not_found(client, db):
    make_contest("secret", state="draft")
    contest, *_rest = closed("ab")
    db.session.commit()
    for path in ("/contests/secret/results", "/contests/secret/ballots.csv", "/contests/nowhere/results",
                 "/api/v1/contests/nowhere/ballots.csv", f"{CSV}?round=2", f"{CSV}?round=x", f"{CSV}?count=9",
                 f"{CSV}?count=99999999999", "/contests/nowhere/receipt"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert contest.slug == "draw-mdm"


def test_the_hall_holds_winners_of_all_contests_in_pages(client, db, count_queries):
    for number in range(14):
        with clock.as_of(days(number / 100)):
            contest = make_contest(f"contest-{number:02}")
            entry = make_entry(contest, make_member(f"maker-{number}"), title=f"Winner {number:02}")
            other = make_entry(contest, make_member(f"other-{number}"), title=f"Second {number:02}")
            one = open_round(contest.rounds[0], [entry, other], [])
            one.salt = f"{one.id:064x}"
            voter = make_member(f"voter-{number}")
            put_ballot(one, voter, {entry.id: 1})
            close_round(one.id, days(7 + number / 100))
    make_contest("open-still")
    db.session.commit()
    first = client.get("/contests/hall-of-fame").text
    older = re.search(r'href="(/contests/hall-of-fame\?after=[^"]+)', first)
    rest = client.get(older[1]).text
    assert re.findall(r"Winner \d\d", first) == [f"Winner {number:02}" for number in range(13, 1, -1)]
    assert re.findall(r"Winner \d\d", rest) == ["Winner 01", "Winner 00"]
    assert "Second" not in first
    with count_queries() as seen:
        client.get("/contests/hall-of-fame?after=")
    assert len(seen) <= 12
    assert client.get("/contests/hall-of-fame?after=x").status_code == 400


def test_an_empty_hall_invites(client, db):
    assert "The wall is still bare" in client.get("/contests/hall-of-fame").text


def test_rounds_are_told_one_after_another(client, db):
    contest, one, entries = a_vote("ab", "a", "abc", rounds=2, round_changes={"advance_count": 2, "weight": 30})
    close_round(one.id, days(7))
    second = database.session.get(Round, contest.rounds[1].id)
    open_round(second, [entries["a"], entries["b"]], people(2, "juror"))
    second.salt = "ef" * 32
    put_ballot(second, make_member("extra"), {entries["b"].id: 1})
    close_round(second.id, days(14))
    db.session.commit()
    with clock.as_of(days(15)):
        words = text(client.get(RESULTS).text)
    assert "round 1: place 2, round 2: place 1" in words
    assert words.index("round 1: place 2") < words.index("Round 2 of the vote")


def test_a_guest_who_has_the_page_is_told_that_nothing_changed(app, db, count_queries):
    closed("ab", "a")
    guest = app.test_client()
    page = guest.get(RESULTS)
    assert "Set-Cookie" not in page.headers
    with count_queries() as seen:
        assert app.test_client().get(RESULTS, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    assert len(seen) <= 1


def test_how_many_would_rather_not_be_named_is_told_to_nobody(client, db):
    _contest, one, entries = a_vote("a", "b", takes="person")
    for letter, agreed in (("a", True), ("b", True), ("c", False), ("d", None)):
        entries[letter].nominee_id, entries[letter].nominee_agreed = make_member(f"named-{letter}").id, agreed
    db.session.commit()
    close_round(one.id, days(7))
    db.session.commit()
    with clock.as_of(days(8)):
        assert "2 people were named." in client.get("/contests/draw-mdm/results").text
