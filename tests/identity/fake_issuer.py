"""An issuer that can be told to lie, to stumble or to fall asleep: for answers that a good one never gives."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
CLIENT_ID, CLIENT_SECRET = "recognition-tests", "a secret of no worth outside this test run"


@dataclass
class FakeIssuer:
    """`claims` go over the right ones; `token` replaces the whole answer of the token endpoint; `metadata` goes over
    the right ones; `answers` maps a path to (status, headers, body) sent as it is; `drip` names a path that is
    answered byte by byte; `watch` is called at each request."""

    url: str
    claims: dict[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] | None = None
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    drip: str = ""
    key: Any = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    nonce: str = ""
    asked: list[str] = field(default_factory=list)
    watch: Callable[[], object] = lambda: None
    watched: list[object] = field(default_factory=list)

    def reply(self, path: str, host: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        self.watched.append(self.watch())
        if path in self.answers:
            return self.answers[path]
        json_type = {"Content-Type": "application/json"}
        if path == "/.well-known/openid-configuration":
            return 200, json_type, json.dumps(self.document()).encode()
        if path == "/jwks":
            return 200, json_type, json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
        if path == "/userinfo":
            return (
                200,
                json_type,
                json.dumps({"sub": "fay", "name": "Fay From Afar", "preferred_username": "fay"}).encode(),
            )
        if path == "/token":
            answer = (
                {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token()} if self.token is None else self.token
            )
            return 200, json_type, json.dumps(answer).encode()
        return 404, {}, b""

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/auth", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks", "userinfo_endpoint": f"{self.url}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], **self.metadata,
        }  # fmt: skip

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": "fay", "iat": now, "exp": now + 60, "nonce": self.nonce,
                  "name": "Fay", "preferred_username": "fay"} | self.claims  # fmt: skip
        for name in self.dropped:
            del claims[name]
        header = {"alg": self.algorithm, "kid": "one"}
        key = OctKey.import_key(CLIENT_SECRET) if self.algorithm == "HS256" else self.key
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])

    def accept(self, location: str) -> dict[str, str]:
        """What the person's browser brings back from the authorization page."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        self.nonce = asked["nonce"]
        return {"code": "a-code", "state": asked["state"]}


@contextmanager
def fake_issuer() -> Iterator[FakeIssuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = urlsplit(self.path).path
            status, headers, body = issuer.reply(path, self.headers["Host"])
            try:
                if path == issuer.drip:
                    self._drip()
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the other side hung up, as it should

        do_POST = do_GET  # noqa: N815 (the library's own spelling)

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _second in range(200):
                self.wfile.write(b"z")
                self.wfile.flush()
                time.sleep(0.05)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = FakeIssuer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
