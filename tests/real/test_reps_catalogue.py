"""The badges for the old portal, on its real log: who holds what stands in the documentation, and must stay true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.badges.models import Award

ROOT = Path(__file__).parents[2]
CATALOG = ROOT / "recognition" / "catalog" / "reps"
_ROW = re.compile(r"\| [^|]+ \| `([a-z0-9-]+)` \| (\d+) \| ([^|]*) \|")


@pytest.fixture
def cli(app: Any, db: Any) -> Any:
    def call(*args: str) -> Any:
        result = app.test_cli_runner().invoke(args=list(args))
        assert result.exit_code == 0, (result.output, result.exception)
        db.session.rollback()
        return json.loads(result.stdout)

    return call


def as_told() -> dict[str, tuple[int, dict[int, int]]]:
    """The table of docs/moving-from-the-reps-portal.md."""
    page = (ROOT / "docs" / "moving-from-the-reps-portal.md").read_text(encoding="utf-8")
    rows = {}
    for slug, people, levels in _ROW.findall(page):
        pairs = (part.split(": ") for part in levels.strip().split(" · ") if part)
        rows[slug] = (int(people), {int(level): int(number) for level, number in pairs})
    return rows


def test_as_many_hold_each_badge_as_the_table_says(cli: Any, db: Any, real_data: Path) -> None:
    told = as_told()
    assert len(told) == len(list((CATALOG / "badges").glob("*.toml"))) == 42
    cli("catalog", "load", str(CATALOG))
    cli("member", "import", str(real_data / "reps" / "members.csv"))
    cli("activities", "import", str(real_data / "reps" / "activities.ndjson.gz"))
    drained = cli("drain")
    held = cli("catalog", "holders", str(CATALOG))
    found = {one["slug"]: (one["people"], {int(level): n for level, n in one["by_level"].items()}) for one in held}
    assert found == told
    assert drained["awarded"] == db.session.scalar(sa.select(sa.func.count()).select_from(Award))
    assert drained["set_aside"] == 0
    assert cli("check")["differences"] == 0
