"""Mail by SMTP. The standard library's client, since it checks certificates here and tells apart what is known to have
failed from what may have arrived."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Self

from recognition.config import LOOPBACK, MailServer

TIMEOUT_SECONDS = 10.0
OK = 250
POLICY = SMTP.clone(cte_type="7bit")
"""Lines that any server on the way takes as they are."""


class Fault(Exception):
    """Its text says what happened, in one line, for the people who run the installation."""


class NotNow(Fault):
    """The server did not take it; another time it may."""


class Away(NotNow):
    """The server could not even be asked."""


class Refused(Fault):
    """It will never be taken like this."""


class Unsure(Fault):
    """The line broke while the server was being handed the mail: it may have been taken."""


@dataclass(frozen=True)
class Letter:
    """`key` names the mail for ever; `off_url` is where its reader stops all mails with one press."""

    key: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    off_url: str


class Post:
    """A line to the server, opened when the first letter is there, and anew after a fault."""

    def __init__(self, server: MailServer, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None) -> None:
        self.close(politely=True)

    def send(self, letter: Letter) -> None:
        """Raises a Fault."""
        content = compose(letter, self._server.sender).as_bytes()
        line = self._line or self._open()
        try:
            self._line = line
            _introduce(line, self._server.sender)
            _ask(line.rcpt, letter.to)
            _hand_over(line, content)
        except Fault:
            self.close()
            raise

    def close(self, politely: bool = False) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        try:
            if politely:
                line.quit()
        except OSError:
            pass
        finally:
            line.close()

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        line: smtplib.SMTP | None = None
        try:
            if server.encrypted:
                line = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout_seconds, context=context)
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=self._timeout_seconds)
            line.ehlo_or_helo_if_needed()
            if not server.encrypted and line.has_extn("starttls"):
                line.starttls(context=context)
                line.ehlo()  # what was said on the open line is forgotten (RFC 3207, section 4.2)
            elif server.password and not server.encrypted and server.host not in LOOPBACK:
                raise Away("the server offers no encryption, so the password was not sent")
            if server.password:
                line.login(server.user, server.password)
        except (OSError, ValueError) as fault:  # smtplib's own faults are OSErrors too
            if line is not None:
                line.close()
            raise Away(f"the mail server could not be reached ({_words(fault)})") from None
        except Away:
            if line is not None:
                line.close()
            raise
        return line


def compose(letter: Letter, sender: str) -> EmailMessage:
    """Raises Refused for an address that is none. No header can hold a line break: the library refuses it, and what
    people wrote comes on one line."""
    message = EmailMessage(policy=POLICY)
    try:
        message["From"] = Address("Recognition", addr_spec=sender)
        message["To"] = Address(addr_spec=letter.to)
        letter.to.encode("ascii")
    except (MessageError, ValueError, IndexError) as fault:
        raise Refused(f"the address cannot be written to ({type(fault).__name__})") from None
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    # RFC 8058: the reader's mail program may press the button for them.
    message["List-Unsubscribe"] = f"<{letter.off_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _introduce(line: smtplib.SMTP, sender: str) -> None:
    """A server that does not want to hear from us says nothing about the letter, which waits until somebody mends that."""
    try:
        _ask(line.mail, sender)
    except Away:
        raise
    except (Refused, NotNow) as fault:
        raise Away(f"{fault} to our own name") from None


def _ask(command: object, argument: str) -> None:
    """MAIL or RCPT: until both are answered well, nothing can have arrived."""
    try:
        code, _said = command(argument)  # type: ignore[operator]
    except (OSError, ValueError) as fault:
        raise Away(f"the line broke ({_words(fault)})") from None
    if code not in (OK, OK + 1):
        raise _answered(code)


def _hand_over(line: smtplib.SMTP, content: bytes) -> None:
    try:
        code, _said = line.data(content)
    except smtplib.SMTPDataError as fault:
        raise _answered(fault.smtp_code) from None
    except (OSError, ValueError) as fault:
        raise Unsure(f"the line broke while the mail was handed over ({_words(fault)})") from None
    if code != OK:
        raise _answered(code)


def _answered(code: int) -> Fault:
    """5xx is for ever (RFC 5321, section 4.2.1). The server's words may hold the address, so only the number is kept."""
    told = f"the mail server answered {code}"
    return Refused(told) if 500 <= code < 600 else NotNow(told)


def _words(fault: BaseException) -> str:
    return type(fault).__name__
