"""The waiting community of `world.py` on each database, made once a run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from recognition.activities.drain import drain
from recognition.extensions import db
from tests.journeys import world
from tests.journeys.family import Family, family
from tests.journeys.world import Origin


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The year comes first: one process lives it while the others go on, and nobody else takes over a part of it and has to
    live it again."""
    items.sort(key=lambda item: "test_a_year.py" not in item.nodeid)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def origin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Origin:
    folder = tmp_path_factory.mktemp("origin")
    if request.param == "sqlite":
        copy, silent = world.sqlite_copies(folder), f"sqlite:///{folder / 'silent.db'}"
    else:
        copy = request.getfixturevalue("new_database")
        silent = copy("")
    world.found(folder, silent)
    told = copy(silent)
    world.tell(world.program(folder, told))
    return Origin(silent, told, copy, _quiet(folder, copy(told)))


def _quiet(folder: Path, url: str) -> world.Outcome:
    """What one drain makes of it while nobody disturbs. A comparison with nothing in it would prove nothing."""
    with world.program(folder, url).app_context():
        drain()
        db.session.remove()
        db.engine.dispose()
    outcome = world.Watch(url).outcome()
    assert {award[0] for award in outcome.awards} == set(world.BADGES)
    assert len(outcome.awards) > 600
    assert outcome.considered == world.DEEDS + len(outcome.facts)
    assert (outcome.waiting, outcome.set_aside) == (0, 0)
    assert set(outcome.awards.values()) == set(outcome.facts.values()) == {1}
    return outcome


@pytest.fixture
def bells(redis_url: str) -> Iterator[Redis]:
    """The queue's server, empty before and after."""
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        yield redis
        redis.flushall()


@pytest.fixture
def household(tmp_path: Path, bells: Redis, redis_url: str) -> Iterator[Callable[[str], Family]]:
    """`household(database_url)` makes the processes of an installation; none of them outlives the test."""
    opened = []

    def begin(database_url: str) -> Family:
        opened.append(family(tmp_path / f"home-{len(opened)}", database_url, redis_url))
        return opened[-1].__enter__()

    yield begin
    for home in opened:
        home.__exit__(None, None, None)
