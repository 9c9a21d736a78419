"""Using pages as a browser does: a form is sent with the token that its page holds."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def send(client: FlaskClient, page: str, action: str, **fields: Any) -> Any:
    """Open `page` and send one of its forms to `action`."""
    found = _TOKEN.search(client.get(page).text)
    assert found, f"{page} holds no form"
    multipart = "multipart/form-data" if any(isinstance(v, tuple) for v in fields.values()) else None
    return client.post(action, data=fields | {"csrf_token": found.group(1)}, content_type=multipart)


def words(html: str) -> str:
    """What a page says, without its markup and head."""
    body = html.partition("<main")[2].partition("<footer")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
