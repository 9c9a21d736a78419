"""The words below a deed, with a browser's plain forms."""

import sqlalchemy as sa

from recognition.activities.commenting import comment
from recognition.activities.models import Comment
from tests.factories.activities import REPORTED, make_activity
from tests.pages.test_deeds import as_, people, plain  # noqa: F401 - fixtures


def test_said_read_and_taken_back(client, db, people, as_):  # noqa: F811
    deed = make_activity(people["ada"].id, text="A talk", visibility="public").id
    db.session.commit()
    bob = as_(people["bob"])
    answer = bob.post(f"/activities/{deed}/comments", {"text": "Well <b>done</b>!", "nonce": "n" * 20})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/activities/{deed}#comments")
    page = as_(people["eve"]).get(f"/activities/{deed}").text
    assert "Well &lt;b&gt;done&lt;/b&gt;!" in page
    assert "Take back" not in plain(page)
    assert "Well" not in client.get(f"/activities/{deed}").text
    said = db.session.scalar(sa.select(Comment.id))
    for who, code in (("eve", 404), ("bob", 303), ("bob", 404)):
        assert as_(people[who]).post(f"/comments/{said}/back").status_code == code
    assert "Well" not in as_(people["eve"]).get(f"/activities/{deed}").text


def test_what_was_typed_stays(db, people, as_):  # noqa: F811
    deed, hidden = make_activity(people["ada"].id, text="A talk").id, make_activity(people["ada"].id, visibility="me").id
    db.session.commit()
    bob = as_(people["bob"])
    answer = bob.post(f"/activities/{deed}/comments", {"text": "long" * 600})
    assert (answer.status_code, "longlong" in answer.text, "2000 characters fit" in answer.text) == (422, True, True)
    for missing in (hidden, 10**9, 10**30):
        assert bob.post(f"/activities/{missing}/comments", {"text": "Hello"}).status_code == 404
    assert bob.get(f"/activities/{deed}?talk=nonsense").status_code == 400


def test_older_ones_have_a_page(db, people, as_):  # noqa: F811
    deed = make_activity(people["ada"].id, text="A talk").id
    for number in range(21):
        comment(deed, people["bob"].id, f"word-{number:02}", f"k{number}", REPORTED)
    db.session.commit()
    page = as_(people["ada"]).get(f"/activities/{deed}").text
    assert ("word-20" in page, "word-00" in page) == (True, False)
    older = page.split('c-pagination__older" href="')[1].split('"')[0]
    assert "word-00" in as_(people["ada"]).get(older).text


def test_a_withdrawn_deed_is_talked_about_no_more(db, people, as_):  # noqa: F811
    deed = make_activity(people["ada"].id, text="A talk").id
    comment(deed, people["bob"].id, "Well done!", "k", REPORTED)
    db.session.commit()
    as_(people["ada"]).post(f"/activities/{deed}/withdraw")
    assert "Well done!" not in as_(people["ada"]).get(f"/activities/{deed}").text
    assert as_(people["bob"]).post(f"/activities/{deed}/comments", {"text": "Hello"}).status_code == 404
