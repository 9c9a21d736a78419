"""A page with three selects and a template, on the same server with the same settings and over the same database.

`python -m bench.references.page DATABASE_URL PORT`.
"""

import sys
from typing import Any

import sqlalchemy as sa
import waitress
from flask import Flask, render_template_string
from sqlalchemy import event

from recognition.processes.cli import WEB_THREADS

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ member.name }}</title><link rel="stylesheet" href="/static/app.css"></head>
<body>
<header><a href="/">Home</a> <a href="/members/">People</a> <a href="/badges/">Badges</a></header>
<main>
<h1>{{ member.name }}</h1>
<p>{{ member.handle }}, here since {{ member.joined_at }}</p>
<h2>Badges</h2>
<ul>{% for award in awards %}
<li><a href="/badges/{{ award.slug }}">{{ award.name }}</a> on {{ award.awarded_at }}</li>{% endfor %}</ul>
<h2>Deeds</h2>
<ol>{% for deed in deeds %}
<li><b>{{ deed.kind }}</b> {{ deed.text }} <i>{{ deed.occurred_at }}</i></li>{% endfor %}</ol>
</main>
</body>
</html>
"""
ONE = sa.text("SELECT id, handle, name, joined_at FROM member WHERE handle = :handle")
AWARDS = sa.text(
    "SELECT b.slug, b.name, a.awarded_at FROM award a JOIN badge b ON b.id = a.badge_id WHERE a.member_id = :member "
    "ORDER BY a.id DESC LIMIT 20"
)
DEEDS = sa.text(
    "SELECT kind, text, occurred_at FROM activity WHERE member_id = :member AND visibility = 'public' "
    "ORDER BY occurred_day DESC, id DESC LIMIT 20"
)


def program(url: str) -> Flask:
    app = Flask(__name__)
    engine = _engine(url)

    @app.get("/<handle>")
    def member(handle: str) -> Any:
        with engine.connect() as connection:
            person = connection.execute(ONE, {"handle": handle}).one()
            who = {"member": person.id}
            awards, deeds = connection.execute(AWARDS, who).all(), connection.execute(DEEDS, who).all()
        return render_template_string(PAGE, member=person, awards=awards, deeds=deeds)

    return app


def _engine(url: str) -> sa.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)
    engine = sa.create_engine(url)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


if __name__ == "__main__":
    waitress.serve(program(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=WEB_THREADS, ident=None, _quiet=True)
