"""The line to the mail server: encrypted where it can be, never to a stranger's certificate, with or without a password."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recognition.announcements.channels import mail
from recognition.announcements.channels.faults import Away, NotNow
from recognition.announcements.channels.mail import Letter, Post
from recognition.config import MailServer
from tests.servers.mail import Mailbox
from tests.servers.site import free_port

LETTER = Letter(
    "key", datetime(2026, 11, 21, tzinfo=UTC), "ada@mail.example", "Words", "Text", "<p>Text</p>", "http://localhost/x"
)
UNTRUSTED = r"the mail server could not be reached \(SSLCertVerificationError\)"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a name that nobody vouches for; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    return path


def served(box: Mailbox, **options: Any) -> Iterator[Mailbox]:
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    yield box
    controller.stop()


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture
def starttls(certificate: Path) -> Iterator[Mailbox]:
    yield from served(Mailbox(), tls_context=context(certificate), require_starttls=True)


def send(box: Mailbox, encrypted: bool = False, user: str = "", password: str = "") -> None:
    server = MailServer("127.0.0.1", box.port, encrypted, user, password, "hall@badges.example.org")
    with Post(server, timeout_seconds=5) as post:
        post.send(LETTER)


def test_the_line_is_encrypted_where_the_server_offers_it(
    starttls: Mailbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes nothing on an open line."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(starttls)
    assert [mail["Subject"] for mail in starttls.mails] == ["Words"]


def test_a_certificate_that_nobody_vouches_for_ends_it(starttls: Mailbox) -> None:
    with pytest.raises(Away, match=UNTRUSTED):
        send(starttls)
    assert starttls.mails == []


def name_and_word(_server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"ada", b"p%/ss"), handled=False)


@pytest.mark.parametrize(
    ("password", "said"), [("p%/ss", ""), ("pass", "the mail server could not be reached (SMTPAuthenticationError)")]
)
def test_a_server_that_asks_for_a_password(password: str, said: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {"tls_context": context(certificate), "require_starttls": True, "auth_required": True}
    for box in served(Mailbox(), authenticator=name_and_word, **options):
        if said:
            with pytest.raises(Away) as caught:
                send(box, user="ada", password=password)
            assert (str(caught.value), box.mails) == (said, [])
        else:
            send(box, user="ada", password=password)
            assert len(box.mails) == 1


def test_a_server_that_will_not_hear_us_is_away_for_now(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It wants a password and was given none: that is ours to mend, and no reason to give the letter up."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for box in served(Mailbox(), tls_context=context(certificate), auth_required=True, authenticator=name_and_word):
        with pytest.raises(Away, match="the mail server answered 530 to our own name"):
            send(box)


def test_no_password_goes_over_an_open_line_to_another_machine(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "LOOPBACK", set())
    with pytest.raises(Away, match="offers no encryption, so the password was not sent"):
        send(mailbox, user="ada", password="word")
    assert mailbox.mails == []
    send(mailbox)
    assert len(mailbox.mails) == 1


def test_one_line_for_many_letters_and_a_new_one_after_a_fault(mailbox: Mailbox) -> None:
    server = MailServer("127.0.0.1", mailbox.port, False, "", "", "hall@badges.example.org")
    with Post(server) as post:
        post.send(LETTER)
        post.send(LETTER)
        assert (len(mailbox.mails), mailbox.lines) == (2, 1)
        mailbox.rcpt = "451 later"
        with pytest.raises(NotNow):
            post.send(LETTER)
        mailbox.rcpt = ""
        post.send(LETTER)
    assert (len(mailbox.mails), mailbox.lines) == (3, 2)


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1], False, "", "", "hall@badges.example.org")
        with (
            Post(server, timeout_seconds=0.2) as post,
            pytest.raises(Away, match=r"could not be reached \(SMTPServerDisconnected\)"),
        ):
            post.send(LETTER)
