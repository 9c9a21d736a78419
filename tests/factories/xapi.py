"""Statements of xAPI as learning platforms send them, all made up."""

from typing import Any

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
COURSE = "https://learn.example/courses/first-aid"
ADA = {"mbox": "mailto:ada@example.org"}
BEE = {"objectType": "Agent", "account": {"homePage": "https://learn.example", "name": "bee"}}


def statement_id(number: int) -> str:
    return f"6690e6c9-3ef0-4ed3-8b37-{number:012x}"


def make_statement(number: int | None = None, **changes: Any) -> dict[str, Any]:
    """`number` None: without an id. A change to None leaves that property out."""
    made: dict[str, Any] = {
        "actor": ADA,
        "verb": {"id": COMPLETED, "display": {"en": "completed"}},
        "object": {"id": COURSE, "definition": {"name": {"en": "First aid for laptops", "de": "Erste Hilfe"}}},
        **({} if number is None else {"id": statement_id(number)}),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def make_voiding(target: int, number: int | None = None, **changes: Any) -> dict[str, Any]:
    about = {"objectType": "StatementRef", "id": statement_id(target)}
    return make_statement(number, **{"verb": {"id": VOIDED}, "object": about, **changes})
