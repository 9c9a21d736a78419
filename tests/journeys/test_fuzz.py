"""The API under odd requests, over HTTP, with real processes: a small one of `dev.py fuzz`."""

import re

import requests

from tests.fuzz import run

_FIELD = re.compile(r'name="(csrf_token)" value="([^"]+)"')
_KEY = re.compile(r'value="(recognition_[\w-]+)"')
EXAMPLES, LEAST = 3, 500


def a_key(site: str, name: str = "Odd requests") -> str:
    """Made as a member makes it: signed in, on their page of keys."""
    http = requests.Session()
    token = dict(_FIELD.findall(http.get(f"{site}/login", timeout=30).text))
    assert http.post(f"{site}/login/demo", data=token | {"handle": "amina"}, timeout=30).ok
    page = http.get(f"{site}/me/keys", timeout=30).text
    scopes = ["activities:read", "activities:write", "members:read", "quests:read"]
    form = dict(_FIELD.findall(page)) | {"name": name, "scopes": scopes, "days": "30"}
    found = _KEY.search(http.post(f"{site}/me/keys", data=form, timeout=30).text)
    assert found is not None
    return found[1]


def test_the_api_keeps_to_its_document(site: str) -> None:
    ended = run(site, a_key(site), EXAMPLES, seed=6)
    assert ended.passed, ended.words[-6000:]
    assert ended.cases >= LEAST
