"""Short statements straight to the driver: what is asked with every deed, or on every page, where building the statement
would be most of its cost."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from recognition.database import array_text, is_postgresql
from recognition.extensions import db


def run(sql: str, values: Mapping[str, Any] | list[dict[str, Any]]) -> Any:
    """`sql` has `:name` for values; a list stands as `column IN LIST(:name)`. On SQLite `values` may be many rows."""
    db.session.flush()
    postgresql = is_postgresql()
    if isinstance(values, Mapping):
        values = {name: _listed(value, postgresql) if isinstance(value, list) else value for name, value in values.items()}
    return db.session.connection().exec_driver_sql(spelled(sql, postgresql), values)


def _listed(values: list[Any], postgresql: bool) -> Any:
    if not postgresql:
        return json.dumps(values)
    return array_text(values) if values and type(values[0]) is int else values


def as_stored(moment: datetime) -> Any:
    """As the driver takes it."""
    return moment if is_postgresql() else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def moment(value: Any) -> datetime:
    """As the driver gives it."""
    found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@lru_cache(maxsize=64)
def spelled(sql: str, postgresql: bool) -> str:
    if postgresql:
        return re.sub(r"(?<!:):(\w+)", r"%(\1)s", sql.replace("IN LIST", "= ANY"))
    return re.sub(r"IN LIST\(:(\w+)\)", r"IN (SELECT value FROM json_each(:\1))", sql)
