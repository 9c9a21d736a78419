"""Against real servers on loopback, also those that nobody would want to meet. Nothing here waits longer than its deadline."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from recognition.openbadges import fetching
from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.fetching import Answer, Client, Unreachable
from tests.openbadges.servers import Server, answering, server

JSON = "application/ld+json"


@pytest.fixture
def door() -> Iterator[Server]:
    with server() as one:
        yield one


def client(door: Server, **changes: float) -> Client:
    return Client(allowed={door.address}, **{"seconds": 5.0, **changes})  # type: ignore[arg-type]


def refusal(url: str, **options: object) -> str:
    with pytest.raises(Forbidden) as caught:
        Client(**options)(url, JSON)  # type: ignore[arg-type]
    return caught.value.reason


def failure(one: Client, url: str) -> str:
    with pytest.raises(Unreachable) as caught:
        one(url, JSON)
    return caught.value.reason


def test_what_is_asked_and_what_comes_back(door: Server) -> None:
    door.handler = answering(b'{"a": 1}', Content_Type="application/LD+json; charset=utf-8", Set_Cookie="a=b")
    answer = client(door)(door.url("/ä?q=1&u=é#part"), JSON)
    assert answer == Answer(door.url("/%C3%A4?q=1&u=%C3%A9"), 200, "application/ld+json", b'{"a": 1}')
    assert door.heads[0].splitlines() == [
        "GET /%C3%A4?q=1&u=%C3%A9 HTTP/1.1", f"Host: 127.0.0.1:{door.port}", "Accept: application/ld+json",
        "Accept-Encoding: gzip", "User-Agent: recognition-verifier", "Connection: close", "",
    ]  # fmt: skip


def test_a_410_is_an_answer_too(door: Server) -> None:
    door.handler = answering(b"{}", status="410 Gone")
    assert client(door)(door.url(), JSON).status == 410


def test_what_is_known_already_is_said_and_what_is_new_is_told(door: Server) -> None:
    door.handler = answering(b"", status="304 Not Modified", ETag='"two"', Last_Modified="Sat, 21 Nov 2026 10:00:00 GMT")
    known = {"If-None-Match": '"one"', "If-Modified-Since": "x\r\nCookie: stolen", "X-Other": "é"}
    answer = client(door)(door.url(), JSON, known)
    assert (answer.status, answer.body) == (304, b"")
    assert (answer.version, answer.modified) == ('"two"', "Sat, 21 Nov 2026 10:00:00 GMT")
    assert door.heads[0].splitlines()[4:] == [
        "User-Agent: recognition-verifier", 'If-None-Match: "one"', "Connection: close", "",
    ]  # fmt: skip


def test_a_public_name_is_reached_and_without_leave_loopback_is_not(door: Server) -> None:
    door.handler = answering(b"secret")
    assert refusal(door.url()) == "private"
    assert refusal(f"http://localhost:{door.port}/") == "private"
    assert door.connections == 0


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/x", "scheme"),
        ("gopher://127.0.0.1:6379/_x", "scheme"),
        ("//example.org/x", "scheme"),
        ("data:application/json,{}", "scheme"),
        ("http://", "address"),
        ("http:///x", "address"),
        ("http://user:secret@example.org/", "credentials"),
        ("http://user@example.org/", "credentials"),
        ("http://exa mple.org/", "address"),
        ("http://example.org/\r\nX: y", "address"),
        ("http://example.org\\@127.0.0.1/", "address"),
        ("http://example.org:99999/", "address"),
        ("http://example.org:x/", "address"),
        ("http://[::1/", "address"),
        ("http://[fe80::1%25eth0]/", "address"),
        ("http://-x.org/", "address"),
        ("http://" + "ü" * 300 + ".org/", "address"),
        ("http://example.org/" + "x" * 3000, "address"),
        ("http://example.org/\ud800", "address"),
        ("http://127.0.0.1:22/", "port"),
        ("http://127.0.0.1:6379/", "port"),
        ("http://127.0.0.1:5432/", "port"),
        ("http://127.0.0.1/", "private"),
        ("http://127.1/", "private"),
        ("http://2130706433/", "private"),
        ("http://0x7f000001/", "private"),
        ("http://0/", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
        ("http://[::ffff:7f00:1]/", "private"),
        ("http://[64:ff9b::7f00:1]/", "private"),
        ("http://[2002:7f00:1::]/", "private"),
        ("http://[fe80::1]/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[fd00:ec2::254]/", "private"),
        ("http://10.0.0.1/", "private"),
    ],
)
def test_what_is_never_asked(url: str, reason: str) -> None:
    assert refusal(url) == reason


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch, door: Server) -> None:
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    assert refusal("https://rebinding.example/") == "private"


def test_the_name_is_looked_up_once_and_the_connection_goes_where_it_was_found(
    monkeypatch: pytest.MonkeyPatch, door: Server
) -> None:
    """A name that is public when it is looked at and 127.0.0.1 when it is connected to gains nothing."""
    looked_up, connected = [], []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert failure(Client(), "http://rebinding.example/") == "connection"
    assert (looked_up, connected) == (["rebinding.example"], [("93.184.216.34", 80)])


def test_a_resolver_that_does_not_answer_has_no_more_time_than_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [never.wait(20)][1:])
    started = time.monotonic()
    assert failure(Client(seconds=0.2), "http://slow.example/") == "slow"
    assert time.monotonic() - started < 2
    never.set()


def test_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failure(Client(), "http://nobody.example/") == "name"


def test_redirects_are_followed_twice(door: Server) -> None:
    pages = {"/a": "/b", "/b": "/c", "/d": "/a"}

    def handle(connection: socket.socket, head: str) -> None:
        path = head.split()[1]
        step = answering(b"here") if path == "/c" else answering(status="302 Found", Location=pages[path])
        step(connection, head)

    door.handler = handle
    assert client(door)(door.url("/a"), JSON) == Answer(door.url("/c"), 200, "text/plain", b"here")
    assert failure(client(door), door.url("/d")) == "redirects"


def test_a_redirect_is_looked_at_like_any_url(door: Server) -> None:
    with server() as inner:
        for there, reason in [
            (inner.url("/admin"), "private"), ("http://localhost/", "private"), ("file:///etc/passwd", "scheme"),
            ("http://169.254.169.254/", "private"), ("//user@[::1]/", "credentials"), ("http://127.0.0.1:22/", "port"),
        ]:  # fmt: skip
            door.handler = answering(status="301 Moved", Location=there)
            assert refusal(door.url(), allowed={door.address}) == reason
        assert inner.connections == 0


def test_a_server_that_drips_is_left_when_the_time_is_over(door: Server) -> None:
    def drip(connection: socket.socket, head: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not door.stopped.wait(0.05):
            connection.sendall(b"x")

    def drip_head(connection: socket.socket, head: str) -> None:
        while not door.stopped.wait(0.05):
            connection.sendall(b"H")

    def wait(connection: socket.socket, head: str) -> None:
        door.stopped.wait(5)

    for handler in (drip, drip_head, wait):
        door.handler = handler
        started = time.monotonic()
        assert failure(client(door, seconds=0.4), door.url()) == "slow"
        assert time.monotonic() - started < 1.5


def test_the_time_is_that_of_all_questions_together(door: Server) -> None:
    door.handler = answering(b"{}")
    one = client(door, seconds=0.3)
    assert one(door.url(), JSON).body == b"{}"
    time.sleep(0.35)
    assert failure(one, door.url()) == "slow"


def test_an_answer_without_end_is_left_when_it_is_too_large(door: Server) -> None:
    def pour(start: bytes) -> fetching.Callable[[socket.socket, str], None]:
        def handle(connection: socket.socket, head: str) -> None:
            connection.sendall(start)
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

        return handle

    for start in (
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        door.handler = pour(start)
        assert failure(client(door), door.url()) == "large"


def test_a_head_without_end_is_left_too(door: Server) -> None:
    def pour(connection: socket.socket, head: str) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\nX: " + b"y" * 60000 + b"\r\n\r\n")

    door.handler = pour
    assert failure(client(door), door.url()) == "large"


def test_a_gigabyte_is_refused_by_its_length_alone(door: Server) -> None:
    sent = []

    def handle(connection: socket.socket, head: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        sent.append(connection.recv(1))

    door.handler = handle
    assert failure(client(door), door.url()) == "large"


def test_what_is_packed_is_counted_unpacked(door: Server) -> None:
    fits, bomb = b"x" * 2 * 1024 * 1024, b"\0" * 200_000_000
    door.handler = answering(gzip.compress(fits), Content_Encoding="gzip")
    assert client(door)(door.url(), JSON).body == fits
    door.handler = answering(gzip.compress(fits + b"x"), Content_Encoding="gzip")
    assert failure(client(door), door.url()) == "large"
    door.handler = answering(gzip.compress(bomb, 1), Content_Encoding="gzip")
    assert failure(client(door), door.url()) == "large"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_what_was_read_and_answered_with_nonsense_may_have_been_taken(door: Server, encoding: str) -> None:
    door.handler = answering(b"x", Content_Encoding=encoding)
    with pytest.raises(Unreachable) as caught:
        client(door).ask("POST", door.url("/chat"), {}, b"{}")
    assert (caught.value.reason, caught.value.was_asked) == ("garbled", True)
    with pytest.raises(Unreachable) as caught:
        client(door).ask("POST", "http://nowhere.invalid/", {}, b"{}")
    assert (caught.value.reason, caught.value.was_asked) == ("name", False)


@pytest.mark.parametrize(
    "handler",
    [
        answering(b"no gzip at all", Content_Encoding="gzip"),
        answering(gzip.compress(b"cut off" * 1000)[:-20], Content_Encoding="gzip"),
        answering(b"x", Content_Encoding="br"),
        answering(b"cut off", Content_Length="1000"),
        answering(b"zz\r\n", Transfer_Encoding="chunked", Content_Length=""),
        lambda connection, head: connection.sendall(b"SSH-2.0-OpenSSH\r\n"),
        lambda connection, head: connection.sendall(b"HTTP/1.1 abc\r\n\r\n"),
        lambda connection, head: None,
        lambda connection, head: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
    ],
)
def test_what_no_honest_server_sends_is_garbled(door: Server, handler: fetching.Callable[[socket.socket, str], None]) -> None:
    door.handler = handler
    assert failure(client(door), door.url()) in ("garbled", "connection")


def test_nobody_listens() -> None:
    with server() as gone:
        address, url = gone.address, gone.url()
    assert failure(Client(allowed={address}), url) == "connection"
