"""How often one person, program or address may do what costs us something. Limits are far above what people do."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, g, request
from redis import RedisError
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from recognition import clock
from recognition.web.access import View
from recognition.web.health import queue_answers

COUNTERS_MAX = 10_000
LIMIT = "_limit"
"""Where a view keeps how often it may be called: (times, seconds)."""


def limited(name: str, times: int, seconds: int = 60) -> Callable[[View], View]:
    """Stands below the mark that says who may call the view. The next window starts at zero."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> Any:
            now = clock.utcnow().timestamp()
            key = f"recognition:limit:{name}:{_who()}:{int(now // seconds)}"
            count, wait = _count(key, seconds), int(seconds - now % seconds) + 1
            g.limit = (times, max(times - count, 0), wait)
            if count > times:
                raise TooManyRequests(retry_after=wait)
            return view(*args, **kwargs)

        setattr(counted, LIMIT, (times, seconds))
        return counted  # type: ignore[return-value]

    return decorate


def install(app: Flask) -> None:
    app.extensions["limits"] = Counters()
    if proxies := app.extensions["settings"].proxies:
        # Only so many of the addresses were written by somebody we know; nothing else that is forwarded counts.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]

    @app.after_request
    def tell_programs(response: Response) -> Response:
        """How much is left, for programs that pace themselves."""
        if "limit" in g and request.path.startswith("/api/"):
            for name, value in zip(("Limit", "Remaining", "Reset"), g.limit, strict=True):
                response.headers[f"RateLimit-{name}"] = str(value)
        return response


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
