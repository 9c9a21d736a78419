"""TLS, against real servers on loopback."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from recognition.openbadges.fetching import Client
from tests.openbadges.servers import Server, answering, server
from tests.openbadges.test_fetching import JSON, client, door, failure

__all__ = ["door"]


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[Server, Path, list[str]]]:
    """A server that speaks TLS as "localhost", the file with who vouches for it, and the names it was called by."""
    key, names = generate_private_key(SECP256R1()), list[str]()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    context.sni_callback = lambda _sock, called, _context: names.append(called)
    with server(context) as one:
        yield one, tmp_path / "cert.pem", names


def trusted(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    real = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: real(cafile=str(certificate)))


def test_tls_is_spoken_to_the_name_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, secured: tuple[Server, Path, list[str]]
) -> None:
    one, certificate, names = secured
    one.handler = answering(b"{}")
    trusted(monkeypatch, certificate)
    answer = Client(allowed={("localhost", one.port)})(f"https://localhost:{one.port}/x", JSON)
    assert (answer.url, answer.body, names) == (f"https://localhost:{one.port}/x", b"{}", ["localhost"])
    assert f"Host: localhost:{one.port}" in one.heads[0].splitlines()


def test_a_certificate_of_another_name_or_that_nobody_vouches_for_is_refused(
    monkeypatch: pytest.MonkeyPatch, secured: tuple[Server, Path, list[str]]
) -> None:
    one, certificate, _names = secured
    assert failure(Client(allowed={("localhost", one.port)}), f"https://localhost:{one.port}/") == "certificate"
    trusted(monkeypatch, certificate)
    assert failure(Client(allowed={one.address}), f"https://127.0.0.1:{one.port}/") == "certificate"
    assert one.heads == []


def test_what_speaks_no_tls_is_no_matter_of_certificates(door: Server) -> None:
    door.handler = answering(b"{}")
    door.hello = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    assert failure(client(door), f"https://127.0.0.1:{door.port}/") == "connection"
