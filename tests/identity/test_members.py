from typing import Any

import pytest

from recognition.extensions import db
from recognition.identity.queries import members
from tests.identity.pages import words


def handles(found: Any) -> list[str]:
    return [view.handle for view in found.items]


def test_the_list_is_walked_by_key(make_member: Any) -> None:
    names = {f"m-{n}": ["Ab\u00e9", "abe", "Zoe", "\u00d8rsted", "Same", "Same", "Same"][n] for n in range(7)}
    for handle, name in names.items():
        make_member(handle, name=name)
    db.session.commit()
    walked, cursor = [], None
    while True:
        page = members(None, cursor=cursor, size=2)
        walked += handles(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert walked == ["m-0", "m-1", "m-4", "m-5", "m-6", "m-2", "m-3"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mar", ["mara"]),
        ("LIN", ["mara"]),
        ("mara lin", ["mara"]),
        ("lin nobody", []),
        ("\u00e9mile", ["emile"]),
        ("Emile", ["emile"]),
        ("100%", ["percy"]),
        ("%", ["percy"]),
        ("_", []),
        ("\\", []),
        ("", ["emile", "mara", "percy"]),
        ("'; --", []),
    ],
)
def test_search_is_plain_text(make_member: Any, search: str, found: list[str]) -> None:
    make_member("mara", name="Mara Lin")
    make_member("emile", name="\u00c9mile")
    make_member("percy", name="Percy 100%")
    db.session.commit()
    assert handles(members(None, search)) == found


def test_empty_one_and_many_take_the_same_statements(client: Any, make_member: Any, count_queries: Any) -> None:
    assert "Nobody is here yet." in words(client.get("/members/").text)
    assert "Nobody was found." in words(client.get("/members/?q=x").text)
    seen = []
    for start in (0, 1, 3):
        for n in range(start, start + 2):
            make_member(f"m-{n}") if f"m-{n}" not in seen else None
            seen.append(f"m-{n}")
        db.session.commit()
        with count_queries() as counted:
            assert client.get("/members/").status_code == 200
        assert len(counted) <= 3


def test_the_page_goes_on(client: Any, make_member: Any) -> None:
    for n in range(30):
        make_member(f"m-{n:02}")
    db.session.commit()
    page = client.get("/members/?q=m").text
    assert (page.count("c-member-line__name"), "m-23" in page, "m-24" in page) == (24, True, False)
    more = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "M-29" in words(client.get(more).text)


@pytest.mark.parametrize("after", ["x", "e30", "WzFd", "WyJhIiwgImIiXQ", "a" * 1000])
def test_a_made_up_place_in_the_list_is_refused(client: Any, after: str) -> None:
    assert client.get(f"/members/?after={after}").status_code == 400
