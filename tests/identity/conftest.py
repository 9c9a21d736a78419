"""The program with an issuer in place of the demo."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from recognition import create_app
from recognition.extensions import db
from tests.conftest import Browser, empty_tables, make_settings


@pytest.fixture
def house_with(_program: Flask, database_url: str, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """The program on this run's database, for an issuer, its context pushed."""
    with ExitStack() as stack:

        def build(**settings: Any) -> Flask:
            program = create_app(make_settings(tmp_path, database_url=database_url, demo=False, **settings))
            program.test_client_class = Browser
            stack.enter_context(program.app_context())
            stack.callback(db.engine.dispose)
            stack.callback(db.session.remove)
            empty_tables()
            return program

        yield build
