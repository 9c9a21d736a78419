"""How often one person, program or address may do what costs us something. Limits are far above what people do."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

from flask import Flask, current_app, request
from redis import RedisError
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from recognition import clock
from recognition.web.access import View
from recognition.web.health import queue_answers

COUNTERS_MAX = 10_000


def limited(name: str, times: int, seconds: int = 60) -> Callable[[View], View]:
    """Stands below the mark that says who may call the view. The next window starts at zero."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            now = clock.utcnow().timestamp()
            key = f"recognition:limit:{name}:{_who()}:{int(now // seconds)}"
            if _count(key, seconds) > times:
                raise TooManyRequests(retry_after=int(seconds - now % seconds) + 1)
            return view(*args, **kwargs)

        return counted  # type: ignore[return-value]

    return decorate


def install(app: Flask) -> None:
    app.extensions["limits"] = Counters()
    if proxies := app.extensions["settings"].proxies:
        # Only so many of the addresses were written by somebody we know; nothing else that is forwarded counts.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]


class Counters:
    """For one process, while Redis is away: reports are taken as long as the database is there."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    def add(self, key: str) -> int:
        with self._lock:
            if len(self._numbers) >= COUNTERS_MAX:
                self._numbers.clear()
            self._numbers[key] = self._numbers.get(key, 0) + 1
            return self._numbers[key]

    def forget(self) -> None:
        self._numbers.clear()


def _count(key: str, seconds: int) -> int:
    if queue_answers():
        try:
            with current_app.extensions["redis"].pipeline() as together:
                return int(together.incr(key).expire(key, seconds).execute()[0])
        except (RedisError, OSError):
            current_app.logger.warning("Redis did not count; this process does so by itself.")
    counters: Counters = current_app.extensions["limits"]
    return counters.add(key)


def _who() -> str:
    """`app.extensions["limited_as"]` names the member behind the request, or nobody; then it is the address."""
    return current_app.extensions["limited_as"]() or f"address:{request.remote_addr}"
