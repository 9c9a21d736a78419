"""The list of deeds as people choose from it: the filters in words, each way back, and what it costs."""

import re
from datetime import timedelta
from typing import Any

import pytest

from recognition.activities.models import Kind
from recognition.campaigns.models import Campaign
from tests.factories.activities import OCCURRED, REPORTED, make_activity
from tests.factories.identity import make_group, make_member


@pytest.fixture
def log(db) -> None:
    ada = make_member("ada", name="Ada L")
    make_member("shy", name="Hidden Name", visibility={"name": "me"})
    group = make_group("nairobi", name="Nairobi evenings")
    db.session.add(Kind(slug="talk", label="A talk", offered=True))
    db.session.add(Campaign(slug="line", title="The MDM line", state="published", starts_at=OCCURRED, ends_at=REPORTED,
                            created_at=OCCURRED))  # fmt: skip
    db.session.add(Campaign(slug="secret", title="Not told yet", state="draft", starts_at=OCCURRED, ends_at=REPORTED,
                            created_at=OCCURRED))  # fmt: skip
    for number in range(30):
        make_activity(ada.id, kind="talk", tags=("mdm",), group_id=group.id, campaign="line", evidence=1, visibility="public",
                      text=f"n{number}", fingerprinted=False, occurred_at=OCCURRED - timedelta(days=number))  # fmt: skip
    make_activity(ada.id, text="Another thing", visibility="public")
    db.session.commit()


ALL = "member=ada&group=nairobi&tag=mdm&campaign=line&kind=talk&source=tests&evidence=passive&from=2026-10-01&to=2026-11-30"


def chips(page: str) -> dict[str, str]:
    found = re.search(r'<ul class="p-deeds__chips".*?</ul>', page, re.DOTALL)
    pairs = re.findall(r'<a href="([^"]*)"><span dir="auto">([^<]*)</span>', found.group(0)) if found else []
    return {words: address.replace("&amp;", "&") for address, words in pairs}


def texts(page: str) -> list[str]:
    return re.findall(r'c-deed__text" dir="auto">([^<]*)<', page)


def test_every_filter_in_words_and_the_way_without_it(client, log):
    page = client.get(f"/activities/?{ALL}").text
    found = chips(page)
    assert list(found) == ["Ada L", "Nairobi evenings", "#mdm", "The MDM line", "A talk", "from tests",
                           "Backed by more than their own word", "from 1 Oct 2026", "until 30 Nov 2026"]  # fmt: skip
    for words, name in (("#mdm", "tag"), ("from 1 Oct 2026", "from"), ("The MDM line", "campaign")):
        left = [part for part in ALL.split("&") if not part.startswith(f"{name}=")]
        assert sorted(found[words].partition("?")[2].split("&")) == sorted(left)
    assert texts(page) == [f"n{number}" for number in range(24)]
    assert f'href="/feeds/activities.atom?{ALL.replace("&", "&amp;")}"' in page


def test_the_way_on_keeps_what_was_chosen(client, log):
    page = client.get("/activities/?tag=%23MDM&from=2026-10-01").text
    older = re.findall(r'c-pagination__older" href="([^"]*)"', page)[0].replace("&amp;", "&")
    assert older.startswith("/activities/?tag=mdm&from=2026-10-01&after=")
    assert texts(client.get(older).text) == [f"n{number}" for number in range(24, 30)]


@pytest.mark.parametrize(("asked", "words"), [("member=shy", "@shy"), ("member=nobody", "@nobody"), ("campaign=secret", "secret"),
                                             ("group=none", "none"), ("evidence=odd", "odd")])  # fmt: skip
def test_names_that_the_reader_may_not_know(client, log, asked, words):
    page = client.get(f"/activities/?{asked}").text
    assert list(chips(page)) == [words]
    assert not re.search("Hidden Name|Not told yet", page)
    assert texts(page) == []


@pytest.mark.parametrize("filters", ["", ALL, "member=ada", "evidence=passive&source=tests"])
def test_what_it_costs(app, db, log, sign_in, count_queries, filters):
    """As many questions for three deeds as for thirty; one more where a page is not full, to learn where the next goes on."""
    ada: Any = app.test_client()
    sign_in(ada, make_member("eve"))
    seen = []
    for days in ("2026-10-31", "2026-01-01"):
        with count_queries() as asked:
            ada.get(f"/activities/?{filters}&from={days}" if "from" not in filters else f"/activities/?{filters}")
        seen.append(len(asked))
    assert seen[0] - seen[1] == (1 if filters.startswith("evidence") else 0)
    assert max(seen) <= 12
