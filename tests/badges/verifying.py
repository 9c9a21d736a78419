"""The page `/verify`, asked and read."""

import io
import re
from typing import Any

from flask.testing import FlaskClient

from tests.identity.pages import send, words

UNVOUCHED = "Nobody changed this badge. Who made it, it does not prove."


def check(client: FlaskClient, **fields: Any) -> Any:
    return send(client, "/verify", "/verify", **fields)


def headline(page: Any) -> str:
    found = re.search(r'id="verify-headline"[^>]*>.*?<span>([^<]*)</span>', page.text, re.DOTALL)
    assert found, words(page.text)
    return found[1]


def file(content: bytes, name: str = "badge.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name
