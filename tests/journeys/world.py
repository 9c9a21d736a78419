"""A community whose deeds wait to be considered, on both databases; what a drain made of it, for exact comparison."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from recognition import create_app
from recognition.activities.models import PENDING
from recognition.activities.services import record
from recognition.campaigns.models import Campaign
from recognition.extensions import db
from recognition.leaderboards.models import Board
from tests.conftest import make_settings
from tests.factories.activities import REPORTED, make_report
from tests.factories.badges import make_badge
from tests.factories.identity import make_member

MEMBERS, DEEDS, CHUNK = 180, 6000, 1500
KINDS = ("talk", "help", "write", "event.attended", "translate", "review")
TAGS = ("mdm", "web", "school", "tea")
BADGES: dict[str, tuple[dict[str, Any], list[int]]] = {
    "told": ({"count": {"repeats": "all"}}, [1, 5, 25, 100]),
    "deeds": ({"count": {}}, [1, 5, 25]),
    "talks": ({"count": {"kind": "talk"}, "at_least": 6}, []),
    "tagged": ({"count": {"tags_any": ["mdm", "tea"]}, "at_least": 14}, []),
    "confirmed": ({"count": {"evidence": "confirmed"}, "at_least": 9}, []),
    "hats": ({"distinct": "kind", "at_least": 6}, []),
    "days": ({"distinct": "day"}, [5, 20, 25]),
    "weeks": ({"streak": "week", "at_least": 5}, []),
    "run": ({"streak": "day", "at_least": 9, "gaps": 1}, []),
    "keystone": ({"all": [{"holds": "hats"}, {"holds": "told", "level": 25}]}, []),
    "crown": ({"all": [{"holds": "keystone"}, {"holds": "talks"}]}, []),
    "some": ({"some": [{"holds": "tagged"}, {"holds": "weeks"}, {"count": {"campaign": "spring"}, "at_least": 8}],
              "at_least": 2}, []),
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """Every derived thing that people see, with how often it is there: a doubled row would show as a 2."""

    awards: Counter[Any]
    facts: Counter[Any]
    standings: Counter[Any]
    holders: Counter[Any]
    reached: Counter[Any]
    considered: int
    waiting: int
    set_aside: int


_QUESTIONS = {
    "awards": "SELECT slug, member_id, occasion, level, shown FROM award JOIN badge ON badge.id = badge_id",
    "facts": "SELECT source, object, member_id, evidence, points FROM activity WHERE source <> 'tests'",
    "standings": "SELECT board_id, member_id, period, score, deeds, listed FROM standing",
    "holders": "SELECT slug, holders_count FROM badge",
    "reached": "SELECT member_id, (SELECT reached_count FROM campaign WHERE id = campaign_id) FROM campaign_reached",
}


class Watch:
    """Looks at a database from outside, with a connection of its own for each look."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def considered(self) -> int:
        return self.number("SELECT count(*) FROM activity WHERE considered_at IS NOT NULL")

    def waiting(self) -> int:
        return self.number(f"SELECT count(*) FROM activity WHERE {PENDING}")

    def outcome(self) -> Outcome:
        found = {name: Counter(self.rows(sql)) for name, sql in _QUESTIONS.items()}
        aside = self.number("SELECT count(*) FROM activity WHERE set_aside_at IS NOT NULL")
        return Outcome(**found, considered=self.considered(), waiting=self.waiting(), set_aside=aside)


def program(folder: Path, database_url: str, redis_url: str = "") -> Flask:
    changes = {"redis_url": redis_url, "embedded_redis": False} if redis_url else {}
    return create_app(make_settings(folder, database_url=database_url, **changes))


def found(folder: Path, database_url: str) -> None:
    """Members, badges, boards and a campaign, and no deed yet."""
    app = program(folder, database_url)
    with app.app_context():
        db.create_all()
        for number in range(MEMBERS):
            make_member(f"m{number:03}", on_boards=number % 3 == 0)
        db.session.add_all([Board(slug="all", name="All"), Board(slug="talks", name="Talks", kinds=["talk", "help"])])
        for slug, (criteria, levels) in BADGES.items():
            make_badge(slug, criteria, levels=levels)
        goal = {"count": {"campaign": "spring"}, "at_least": 7}
        ends = datetime(2999, 1, 1, tzinfo=UTC)
        db.session.add(
            Campaign(slug="spring", title="Spring", state="published", created_at=REPORTED, starts_at=REPORTED,
                     ends_at=ends, goal_criteria=goal, target_count=50)
        )  # fmt: skip
        db.session.commit()
        db.engine.dispose()


def reports(seed: int = 11) -> list[list[Any]]:
    """The community's deeds in chunks; always the same ones."""
    chance = random.Random(seed)
    members = [chance.randint(1, MEMBERS) if n % 2 else chance.randint(1, MEMBERS // 3) for n in range(DEEDS)]
    told = [
        make_report(
            member, source_key=f"row-{n}", kind=chance.choice(KINDS), text=chance.choice("abcdefgh"),
            occurred_at=REPORTED - timedelta(days=min(chance.randint(0, 70), chance.randint(0, 70))),
            tags=tuple(chance.sample(TAGS, chance.randint(0, 2))), evidence=chance.choice((0, 0, 1, 2)),
            campaign=chance.choice((None, None, "spring")),
        )
        for n, member in enumerate(members)
    ]  # fmt: skip
    return [told[start : start + CHUNK] for start in range(0, DEEDS, CHUNK)]


def tell(app: Flask) -> None:
    """Write all deeds, as any door does: the bell rings after each commit."""
    with app.app_context():
        for chunk in reports():
            record(chunk, REPORTED)
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Origin:
    """Two states of the world, before and after people told their deeds; `copy` makes a database of either."""

    silent: str
    told: str
    copy: Callable[[str], str]
    quiet: Outcome

    @property
    def is_postgresql(self) -> bool:
        return self.told.startswith("postgresql")


def sqlite_copies(folder: Path) -> Callable[[str], str]:
    made: list[Path] = []

    def copy(url: str) -> str:
        made.append(folder / f"copy-{len(made)}.db")
        shutil.copy(url.removeprefix("sqlite:///"), made[-1])
        return f"sqlite:///{made[-1]}"

    return copy
