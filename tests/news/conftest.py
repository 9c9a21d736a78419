"""Forms without their token."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_csrf(request: pytest.FixtureRequest) -> Any:
    """For tests of pages; those of pure rules need no program."""
    if "client" not in request.fixturenames:
        yield
        return
    app = request.getfixturevalue("app")
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True
