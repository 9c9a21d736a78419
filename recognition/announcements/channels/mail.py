"""Mail by SMTP. The standard library's client, since it checks certificates here and tells apart what is known to have
failed from what may have arrived."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from types import TracebackType
from typing import Any, Self

from recognition.announcements.channels.faults import Away, Fault, NotNow, Refused, Unsure
from recognition.config import LOOPBACK, MailServer

TIMEOUT_SECONDS = 10.0
OK = 250
YES = (OK, OK + 1)
TRANSACTION_FAILED = 554
_STATUS = re.compile(rb"5\.(\d{1,3})\.\d{1,3}\b")
RETURNED_HEADER = "Recognition-Return"
UNSUBSCRIBE = "List-Unsubscribe"
WHOLE = {UNSUBSCRIBE, RETURNED_HEADER}


class _Lines(EmailPolicy):
    """An address too long for one line would be written as an encoded word, which no mail program presses (RFC 2047,
    section 5: never where an address is meant). A line may hold 998 signs."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        return f"{name}: {value}\r\n".encode("ascii") if name in WHOLE else super().fold_binary(name, value)


POLICY = _Lines(linesep="\r\n", cte_type="7bit")
"""Lines that any server on the way takes as they are."""


@dataclass(frozen=True)
class Letter:
    """`key` names the mail for ever; `off_url` is where its reader stops mails like this with one press; `returned` comes
    back to us when the letter does."""

    key: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    off_url: str
    returned: str = ""


class NoSuchReader(Refused):
    """The server knows for ever that nobody reads at this address."""


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
            _name_reader(line, letter.to)
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
        server = self._server
        line: smtplib.SMTP | None = None
        try:
            if server.encrypted:
                line = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout_seconds,
                                        context=ssl.create_default_context())  # fmt: skip
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=self._timeout_seconds)
            line.ehlo_or_helo_if_needed()
            if not server.encrypted and line.has_extn("starttls"):
                line.starttls(context=ssl.create_default_context())
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
    message[UNSUBSCRIBE] = f"<{letter.off_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.returned:
        message[RETURNED_HEADER] = letter.returned
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _introduce(line: smtplib.SMTP, sender: str) -> None:
    """A server that does not want to hear from us says nothing about the letter, which waits until somebody mends that."""
    code, _said = _ask(line.mail, sender)
    if code not in YES:
        raise Away(f"{_answered(code)} to our own name")


def _name_reader(line: smtplib.SMTP, to: str) -> None:
    code, said = _ask(line.rcpt, to)
    if code in YES:
        return
    fault = _answered(code)
    if isinstance(fault, Refused) and not _is_house_rule(code, said):
        raise NoSuchReader(str(fault))
    raise fault


def _is_house_rule(code: int, said: bytes) -> bool:
    """Such as "I do not relay for you", which a wrong setting makes it say to each address: that tells nothing about any of
    them (RFC 3463, section 3.8)."""
    found = _STATUS.match(said)
    return found.group(1) == b"7" if found else code == TRANSACTION_FAILED


def _ask(command: object, argument: str) -> tuple[int, bytes]:
    """MAIL or RCPT: until both are answered well, nothing can have arrived. Raises Away."""
    try:
        code, said = command(argument)  # type: ignore[operator]
    except (OSError, ValueError) as fault:
        raise Away(f"the line broke ({_words(fault)})") from None
    return code, said


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
