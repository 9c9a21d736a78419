"""The house keeps its law, and the law's own test cannot pass by accident: each rule has a sample that breaks it."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from recognition.web.access import MARK, UNMARKED_OK
from recognition.wiring import doors, work
from tests import law

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "recognition"


def house() -> dict[str, str]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def test_the_house_keeps_the_import_law() -> None:
    assert law.violations(house()) == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("badges.services", "from recognition.quests import queries", "floors import downward only"),
        ("badges.services", "def f():\n    from recognition.pages.home import home", "floors import downward only"),
        ("jobs.ledger", "import recognition.identity.models", "floors import downward only"),
        (
            "badges.queries",
            "from recognition.leaderboards.models import Board",
            "neighbours on one floor do not import each other",
        ),
        (
            "quests.services",
            "from recognition.campaigns import services",
            "neighbours on one floor do not import each other",
        ),
        ("pages.home", "from recognition.demo import loader", "neighbours on one floor do not import each other"),
        ("badges.queries", "from recognition.badges.services import grant", "queries stands below services"),
        ("badges.services", "from recognition.badges import jobs", "services stands below jobs"),
        ("badges.views", "from recognition.badges.api import x", "doors never import each other"),
        ("badges.rules", "from recognition.badges import queries", "rules stands below queries"),
    ],
)
def test_the_law_finds_a_broken_rule(module: str, source: str, fault: str) -> None:
    modules = dict.fromkeys(
        ("identity.models", "quests.queries", "campaigns.services", "badges.services", "badges.jobs", "badges.api",
         "badges.queries", "leaderboards.models", "pages.home", "demo.loader"), ""
    )  # fmt: skip
    found = law.violations(modules | {module: source})
    assert len(found) == 1
    assert found[0].endswith(fault)


def test_allowed_neighbours_are_allowed() -> None:
    modules = {"quests.services": "from recognition.campaigns import queries", "campaigns.queries": "", "activities.x": "",
               "media.views": "from recognition.web import access", "web.access": ""}  # fmt: skip
    assert law.violations(modules) == []


@pytest.mark.parametrize("module", ["badges.utils", "helpers", "quests.common.thing"])
def test_rooms_without_a_noun_are_refused(module: str) -> None:
    assert any("no room has this name" in fault for fault in law.violations({module: ""}))


def test_init_files_hold_a_docstring_only() -> None:
    full = []
    for path in PACKAGE.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        if path != PACKAGE / "__init__.py" and not (len(body) == 1 and isinstance(body[0], ast.Expr)):
            full.append(str(path.relative_to(PACKAGE)))
    assert full == []


def test_every_blueprint_is_wired(app: Flask) -> None:
    made = set()
    for name, source in house().items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Blueprint":
                made.add((name, ast.literal_eval(node.args[0])))
    assert sorted(name for _module, name in made) == sorted(blueprint.name for blueprint in doors.BLUEPRINTS)
    assert {blueprint.name for blueprint in doors.BLUEPRINTS} == set(app.blueprints)


def test_every_job_that_is_asked_for_exists() -> None:
    asked = set()
    for source in house().values():
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "defer"
                and isinstance(node.args[0], ast.Constant)
            ):
                asked.add(node.args[0].value)
    assert asked <= set(work.JOBS)
    assert {name for name, _seconds in work.TIMETABLE} <= set(work.JOBS)


def test_every_view_says_who_may_call_it(app: Flask) -> None:
    unmarked = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNMARKED_OK and not hasattr(app.view_functions[rule.endpoint], MARK)
    ]
    assert unmarked == []


def test_every_page_template_has_a_view() -> None:
    sources = "\n".join(house().values())
    templates = ROOT / "templates"
    pages = [path.relative_to(templates).as_posix() for path in templates.rglob("*.html")]
    shared = ("layouts/", "components/")
    orphans = [page for page in pages if not page.startswith(shared) and f'"{page}"' not in sources and not _included(page)]
    assert orphans == []


def _included(page: str) -> bool:
    return any(f'"{page}"' in path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))


def test_only_layouts_hold_the_html_element() -> None:
    holders = [p.parent.name for p in (ROOT / "templates").rglob("*.html") if "<html" in p.read_text(encoding="utf-8")]
    assert set(holders) == {"layouts"}


def test_only_tokens_hold_colours() -> None:
    sheets = [path for path in (ROOT / "static" / "css").rglob("*.css") if path.name != "tokens.css"]
    assert [p.name for p in sheets if any(f"{word}(" in p.read_text() for word in ("oklch", "rgb", "hsl"))] == []
