"""Forums and accounts in them, and what was seen there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from recognition.activities.sources.seen import Doer, Seen
from recognition.extensions import db
from recognition.inlets.models import Inlet, LinkedAccount

FORUM = "forum.example.org"
WRITTEN = datetime(2026, 11, 2, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_inlet(source: str = "discourse", **changes: Any) -> Inlet:
    values: dict[str, Any] = {
        "key": f"inlet-{source}", "name": "The forum", "config": {"host": FORUM}, "state": "on", "made_at": NOW, **changes,
    }  # fmt: skip
    inlet = Inlet(source=source, **values)
    db.session.add(inlet)
    db.session.flush()
    return inlet


def make_account(member_id: int, name: str = "amina", **changes: Any) -> LinkedAccount:
    """Proven, and asked about."""
    values: dict[str, Any] = {
        "source": "discourse", "place": FORUM, "folded": name.casefold(), "token": "t" * 22, "proof": "page", "mode": "ask",
        "asked_at": NOW, "proven_at": NOW, **changes,
    }  # fmt: skip
    account = LinkedAccount(member_id=member_id, name=name, **values)
    db.session.add(account)
    db.session.flush()
    return account


def make_seen(number: int = 1, version: int = 0, **changes: Any) -> Seen:
    """A post of Amina's, as it stood so many minutes after it was written."""
    values: dict[str, Any] = {
        "account": Doer(FORUM, "Amina"), "source_key": f"{FORUM}:post:{number}", "occurred_at": WRITTEN,
        "version_at": WRITTEN + timedelta(minutes=version), "kind_label": "Forum post", "text": f"Words of post {number}",
        "url": f"https://{FORUM}/t/welcome/7/{number}", **changes,
    }  # fmt: skip
    return Seen(**values)


def send(client: FlaskClient, path: str, data: dict[str, Any], page: str = "/me/accounts", **more: Any) -> Any:
    """As a browser does that has the form of `page` open."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).get_data(as_text=True))
    return client.post(path, data={**data, "csrf_token": found[1] if found else ""}, **more)
