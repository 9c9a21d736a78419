"""Each kind that anybody tells has a sentence, and nothing that is told makes a page fail."""

import ast
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from recognition.announcements.words import SENTENCES, sentence

PACKAGE = Path(__file__).parent.parent.parent / "recognition"
FACTS: dict[str, Any] = {
    "name": "My hook",
    "note": "Shorter",
    "number": 2,
    "badge": "Helper",
    "group": "Nairobi",
    "words": "For the chairs",
    "person": 7,
    "contest": "Draw MDM",
    "entry": "Chairs",
    "channel": "Forum",
    "day": "22 November",
    "event": "The monthly call",
    "quest": "What is MDM?",
    "role": "host",
    "survey": "Do you know it?",
    "title": "Write the blog post",
}


def told() -> list[ast.Call]:
    return [
        node
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Message"
    ]


def test_each_kind_that_is_told_in_the_house_has_a_sentence() -> None:
    given = [next((k.value for k in call.keywords if k.arg == "kind"), call.args[1] if len(call.args) > 1 else None)
             for call in told()]  # fmt: skip
    kinds = {node.value for node in given if isinstance(node, ast.Constant)}
    assert sorted(kinds - set(SENTENCES)) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("award.given", "A pin for you: Helper."),
        ("award.revoked", "The pin Helper was taken back. Its page says why, and who to talk to."),
        ("nomination.approved", "You spoke up for Ana, and it was heard: Helper is approved."),
        ("thanks.received", "Ana says thank you: “For the chairs”"),
        ("deed.confirmed", "Ana was there too, and says so. Your deed counts as confirmed."),
        ("deed.vouched", "Ana knows that it happened, and says so. Your deed counts as confirmed."),
        ("contest.co_author", "Ana names you among those who made “Chairs”. Is that so?"),
        ("contest.co_author_agreed", "Ana says so too: you made “Chairs” together."),
        ("contest.nominated", "Ana names you in Draw MDM. Read why, and say whether you would like that."),
        ("contest.nomination_answered", "Ana has answered what you wrote about them for Draw MDM."),
        ("contest.remark", "Ana about “Chairs”: “For the chairs”"),
        ("contest.talk", "The talk about “Chairs” is open to all now. Somebody has something to say to you."),
        ("contest.hidden", "“Chairs” is hidden for now. The reason: “For the chairs” Its page says who to talk to."),
        ("contest.out", "“Chairs” takes no further part. The reason: “For the chairs” Its page says who to talk to."),
        ("contest.back", "“Chairs” takes part again."),
        ("contest.reminder", "If you would like to vote in Draw MDM: it is still open."),
        ("contest.deputy", "The jury of Draw MDM could use your eyes now: you are its deputy."),
        ("contest.first", "“Chairs” came first in Draw MDM. Thank you for making it."),
        ("contest.chosen", "You were chosen in Draw MDM. Its page says why you were named."),
        ("contest.results", "The results of “Draw MDM” are here."),
        ("contest.called_off", "Draw MDM was called off. The reason: “For the chairs”"),
    ],
)
def test_sentences(app: Flask, kind: str, words: str) -> None:
    assert sentence(kind, FACTS, {7: "Ana"}) == words


def test_every_sentence_can_be_filled(app: Flask) -> None:
    plain = sentence("nobody.knows", {}, {})
    said = {kind: sentence(kind, FACTS, {}) for kind in SENTENCES}
    assert [kind for kind, words in said.items() if words == plain or "%" in words] == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("nobody.knows", {}),
        ("", {"badge": 3}),
        ("award.given", {}),
        ("award.given", {"pin": "Helper"}),
        ("thanks.received", {"person": []}),
    ],
)
def test_what_we_do_not_know_makes_a_plain_sentence(app: Flask, kind: str, data: dict[str, Any]) -> None:
    assert sentence(kind, data, {}) == "There is something new for you."


def test_a_person_who_cannot_be_named_is_somebody(app: Flask) -> None:
    assert sentence("deed.confirmed", {"person": 7}, {}).startswith("Somebody was there too")


def test_long_words_and_line_breaks_stay_one_short_line(app: Flask) -> None:
    said = sentence("thanks.received", {"person": 7, "words": "so\r\nmany\twords " * 50}, {7: "Ana"})
    once = "so many words "
    assert said == "Ana says thank you: “" + (once * 50)[:199].rstrip() + "…”"


def test_percent_signs_in_what_people_wrote_are_only_signs(app: Flask) -> None:
    assert sentence("award.given", {"badge": "100 %(x)s %s"}, {}) == "A pin for you: 100 %(x)s %s."
