"""A check from end to end over real connections: what a bad address leads to is a finding, and the check ends in time."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from recognition.openbadges.checking.checker import check
from recognition.openbadges.checking.report import Report
from recognition.openbadges.fetching import Client
from tests.openbadges.checking.made import NOW, OWN, codes, credential, faults, signed
from tests.openbadges.servers import Handler, Server, answering, server


@pytest.fixture
def site() -> Iterator[Server]:
    with server() as one:
        yield one


def checked(content: str | bytes, site: Server) -> Report:
    return check(content, Client(allowed={site.address}, seconds=0.5), NOW)


def drip(connection: socket.socket, head: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    for _ in range(1000):
        time.sleep(0.02)
        connection.sendall(b" ")


def pour(connection: socket.socket, head: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (answering(status="302 Found", Location="http://127.0.0.1:8000/admin"), "fetch_private"),
        (answering(status="302 Found", Location="http://169.254.169.254/latest/meta-data/"), "fetch_private"),
        (answering(status="302 Found", Location="file:///etc/passwd"), "fetch_scheme"),
        (answering(status="302 Found", Location="/again"), "fetch_redirects"),
        (answering(b"", Content_Length="1000000000"), "fetch_large"),
        (pour, "fetch_large"),
        (drip, "fetch_slow"),
        (answering(status="503 Busy"), "fetch_status"),
        (lambda connection, head: connection.sendall(b"nonsense\r\n\r\n"), "fetch_garbled"),
    ],
)
def test_a_bad_address(site: Server, handler: Handler, code: str) -> None:
    site.handler = handler
    started = time.monotonic()
    report = checked(site.url("/badge"), site)
    assert (report.standing, faults(report)) == ("unsure", [code, "badge_unreachable"])
    assert time.monotonic() - started < 2


def test_an_issuer_that_lets_us_wait_costs_one_term_for_all(site: Server) -> None:
    issuer = site.url("/issuer")
    badge = signed(credential(issuer={"id": issuer, "type": ["Profile"]}), OWN, f"{issuer}#ed")
    site.handler = drip
    started = time.monotonic()
    report = checked(json.dumps(badge), site)
    assert (report.standing, faults(report)) == ("unsure", ["fetch_slow", "issuer_unreachable"])
    assert time.monotonic() - started < 2


def test_a_good_one(site: Server) -> None:
    issuer = site.url("/issuer")
    badge = signed(credential(issuer={"id": issuer, "type": ["Profile"]}, credentialStatus=None), OWN, f"{issuer}#ed")
    pages = {"/issuer": OWN.document(issuer), "/badge": badge}

    def handle(connection: socket.socket, head: str) -> None:
        answering(json.dumps(pages[head.split()[1]]).encode(), Content_Type="application/json")(connection, head)

    site.handler = handle
    report = checked(site.url("/badge"), site)
    assert (report.standing, codes(report, "ok")) == ("good", ["dates_ok", "signature_ok", "issuer_ok"])
