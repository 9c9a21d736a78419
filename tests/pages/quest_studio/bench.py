"""What a browser does in the quest studio, in short words."""

import html
import re
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from recognition.extensions import db as database
from recognition.quests.models import Quest

HOME = "/council/quests/"


def the(slug: str) -> Quest:
    wanted = sa.select(Quest).where(Quest.slug == slug)
    return database.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def text(answer: Any) -> str:
    body = re.sub(r"(?s)<(script|style|datalist).*?</\1>", "", answer.get_data(as_text=True))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    assert found is not None
    return found[1]


def begun(client: FlaskClient, title: str = "How to thank") -> str:
    answer = client.post(f"{HOME}new", data={"title": title, "from": "empty"})
    assert answer.status_code == 303
    return re.fullmatch(r"/council/quests/([\w-]+)/edit", answer.location)[1]  # type: ignore[index]


def with_steps(client: FlaskClient, slug: str, *kinds: str) -> None:
    for kind in kinds:
        seen = hidden(client.get(f"{HOME}{slug}/"), "seen")
        assert client.post(f"{HOME}{slug}/steps", data={"move": f"add:{kind}", "seen": seen}).status_code == 303


def kept(client: FlaskClient, url: str, **changes: Any) -> Any:
    page = client.get(url)
    kind = re.search(r'name="kind" value="(\w+)"', page.get_data(as_text=True))
    return client.post(url, data={"seen": hidden(page, "seen"), **({"kind": kind[1]} if kind else {}), **changes})


def slugs(slug: str) -> list[str]:
    return [step["slug"] for step in (the(slug).draft or {})["steps"]]


def published(client: FlaskClient, slug: str, **answers: str) -> Any:
    url = f"{HOME}{slug}/publish"
    return client.post(url, data={"seen": hidden(client.get(url), "seen"), **answers})
