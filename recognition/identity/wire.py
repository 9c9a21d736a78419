"""Calls to the issuer that always end: a limit on the whole time and on the size of the answer, and no redirects."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

TOTAL_SECONDS = 8.0
MAX_BYTES = 512 * 1024

_call = threading.local()


@contextmanager
def _deadline(seconds: float) -> Iterator[threading.Event]:
    """Closes the sockets of this thread's call when time is up: a limit on each read alone lets a slow answer last for
    hours. A copy of the descriptor is closed, since TLS takes the first one away. Yields whether it came to that."""
    _call.sockets = []
    mine, is_over = _call.sockets, threading.Event()

    def end() -> None:
        is_over.set()
        for sock in mine:
            with suppress(OSError):
                sock.shutdown(2)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
        for sock in mine:
            sock.close()
        _call.sockets = None


class _Seen:
    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        if getattr(_call, "sockets", None) is not None:
            _call.sockets.append(sock.dup())
        return sock


class _Http(_Seen, HTTPConnection):
    pass


class _Https(_Seen, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs |= {"stream": True, "timeout": (3.0, TOTAL_SECONDS)}
        try:
            with _deadline(TOTAL_SECONDS) as is_over:
                response = super().send(request, *args, **kwargs)
                content = _read(response)
        except (HTTPError, OSError, ValueError) as fault:
            if isinstance(fault, requests.RequestException):
                raise
            raise requests.ConnectionError(str(fault), request=request) from fault
        if is_over.is_set():  # what came until then may look whole
            raise requests.Timeout("the answer took too long", request=request)
        response._content = content
        return response


def _read(response: requests.Response) -> bytes:
    content = b""
    for part in response.iter_content(16 * 1024):
        content += part
        if len(content) > MAX_BYTES:
            response.close()
            raise requests.exceptions.ContentDecodingError("the answer is too large", response=response)
    return content


class GuardedSession(OAuth2Session):  # type: ignore[misc]
    """Authlib's client on such a wire."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mount("https://", _Adapter())
        self.mount("http://", _Adapter())

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        response: requests.Response = super().request(method, url, **kwargs | {"allow_redirects": False})
        return response
