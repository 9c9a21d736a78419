"""No view without a mark: what nobody thought about stays closed."""

from flask import Flask

from recognition.web.access import MARK, UNMARKED_OK, public


def test_every_view_says_who_may_come(app: Flask) -> None:
    unmarked = {name for name, view in app.view_functions.items() if not hasattr(view, MARK)}
    assert unmarked == UNMARKED_OK


def test_marks_are_of_a_known_sort(app: Flask) -> None:
    for name, view in app.view_functions.items():
        rule = getattr(view, MARK, "public")
        assert rule == "public" or rule == "member" or rule.startswith(("role:", "token:")), name


def test_every_address_of_the_council_asks_for_a_role(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/council/"):
            assert getattr(app.view_functions[rule.endpoint], MARK).startswith("role:"), rule.rule


def test_a_mark_changes_nothing_else() -> None:
    def view() -> str:
        return "words"

    assert public(view) is view
    assert view() == "words"
