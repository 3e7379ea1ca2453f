"""Speaking to a mail server, with one question in mind: can the message have left?

Up to the line with the single dot no server takes a message; from the moment it is sent until the answer to it has
come, nobody knows. So what fails before is tried again, and what fails there is *uncertain*.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from mikomi.channels.email import consents, oauth
from mikomi.channels.email.folder import FolderClient
from mikomi.channels.email.problems import MailProblem, problem_of
from mikomi.channels.models import Mailbox
from mikomi.core import secrets

CONNECT_SECONDS = 30.0
ANSWER_SECONDS = 120.0
"""How long the answer to a whole message is waited for."""


class RefusedError(Exception):
    """The server refuses this message or recipient. `again`: only for the moment (a 4xx answer)."""

    def __init__(self, reason: str, code: int, words: bytes | str) -> None:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        super().__init__(f"{code} {text}".strip())
        self.reason = reason
        self.again = 400 <= code < 500


class NoAnswerError(Exception):
    """The message was handed over whole and no answer came: it may have left."""


@contextmanager
def connected(mailbox: Mailbox, *, timeout: float = CONNECT_SECONDS) -> Iterator[smtplib.SMTP]:
    """A connection that is signed in. Raises `MailProblem`."""
    if mailbox.smtp_security == Mailbox.Security.FOLDER:
        yield FolderClient()
        return
    if not mailbox.smtp_host:
        raise MailProblem("no_host")
    context = ssl.create_default_context()
    client: smtplib.SMTP | None = None
    try:
        client = _open(mailbox, context, timeout)
        _sign_in(client, mailbox)
    except (OSError, UnicodeError, smtplib.SMTPException, secrets.SealError, MailProblem) as error:
        if client is not None:
            client.close()
        raise _problem(error) from error
    try:
        yield client
    finally:
        _leave(client)


def _open(mailbox: Mailbox, context: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    host, port = mailbox.smtp_host, mailbox.smtp_port
    name = mailbox.address.rpartition("@")[2].encode("idna").decode("ascii")
    if mailbox.smtp_security == Mailbox.Security.TLS:
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=timeout, context=context)
    client = smtplib.SMTP(host, port, local_hostname=name, timeout=timeout)
    if mailbox.smtp_security == Mailbox.Security.STARTTLS:
        client.ehlo()
        if not client.has_extn("starttls"):
            client.close()
            raise smtplib.SMTPNotSupportedError
        try:
            client.starttls(context=context)
        except BaseException:
            client.close()
            raise
    return client


def _sign_in(client: smtplib.SMTP, mailbox: Mailbox) -> None:
    client.ehlo_or_helo_if_needed()
    if mailbox.sign_in == Mailbox.SignIn.CONSENT:
        _show_token(client, mailbox)
        return
    if not mailbox.smtp_secret:
        return
    user, password = mailbox.smtp_user or mailbox.address, secrets.unseal(mailbox.smtp_secret)
    if "PLAIN" in client.esmtp_features.get("auth", "").upper().split():
        # Once, by the commonest way: `login` tries every way in turn, and servers hang up on a third refusal.
        client.user, client.password = user, password
        client.auth("PLAIN", client.auth_plain)
    else:
        client.login(user, password)


def _show_token(client: smtplib.SMTP, mailbox: Mailbox) -> None:
    """XOAUTH2. A token that is refused before its time is renewed once: the provider may have withdrawn it."""
    user, token = mailbox.smtp_user or mailbox.address, consents.access_token(mailbox)
    try:
        _authenticate(client, user, token)
    except smtplib.SMTPAuthenticationError:
        _authenticate(client, user, consents.access_token(mailbox, refused=token))


def _authenticate(client: smtplib.SMTP, user: str, token: str) -> None:
    words = iter([oauth.xoauth2(user, token)])
    # The second challenge holds the reason of the refusal and wants an empty answer.
    client.auth("XOAUTH2", lambda _challenge=None: next(words, ""))


def _problem(error: Exception) -> MailProblem:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return MailProblem("login", f"{error.smtp_code} {error.smtp_error!r}")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailProblem("no_starttls", str(error))
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return MailProblem("dropped", str(error))
    if isinstance(error, secrets.SealError):
        return MailProblem("secret")
    if isinstance(error, smtplib.SMTPException):
        return MailProblem("protocol", str(error))
    return problem_of(error)


def _leave(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


def address_parties(client: smtplib.SMTP, sender: str, recipient: str) -> None:
    """MAIL and RCPT. Raises `RefusedError`; `MailProblem` when the server refuses the sender or the connection ends."""
    options = _options(client, sender, recipient)
    try:
        client.rset()
        code, words = client.mail(sender, options)
        if code >= 400:
            if 400 <= code < 500:
                raise RefusedError("busy", code, words)
            raise MailProblem("sender", f"{code} {words!r}")
        code, words = client.rcpt(recipient)
    except (OSError, smtplib.SMTPException) as error:
        raise _problem(error) from error
    if code >= 400:
        raise RefusedError("recipient_refused" if code >= 500 else "recipient_busy", code, words)


def _options(client: smtplib.SMTP, sender: str, recipient: str) -> list[str]:
    if sender.isascii() and recipient.isascii():
        return []
    if not client.has_extn("smtputf8"):
        raise RefusedError("address_not_ascii", 553, recipient)
    return ["SMTPUTF8", "BODY=8BITMIME"]


def announce(client: smtplib.SMTP) -> None:
    """DATA. Raises `RefusedError`, `MailProblem`; nothing has left."""
    try:
        code, words = client.docmd("DATA")
    except (OSError, smtplib.SMTPException) as error:
        raise _problem(error) from error
    if code != 354:
        raise RefusedError("refused", code, words)


def hand_over(client: smtplib.SMTP, data: bytes, *, seconds: float = ANSWER_SECONDS) -> None:
    """The message and its end. Returns when the server has taken it.

    Raises `MailProblem` (not left), `RefusedError` (not left), `NoAnswerError` (nobody knows).
    """
    try:
        client.send(_stuffed(data))
    except (OSError, smtplib.SMTPException) as error:
        raise _problem(error) from error
    try:
        if isinstance(client.sock, socket.socket):
            client.sock.settimeout(seconds)
        client.send(b".\r\n")
        code, words = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        client.close()
        raise NoAnswerError(str(error) or type(error).__name__) from error
    if code != 250:
        raise RefusedError("refused", code, words)


def _stuffed(data: bytes) -> bytes:
    """Lines end in CRLF; a line that begins with a dot gets a second one (RFC 5321, 4.5.2)."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n"
