"""A mailbox over POP3 (RFC 1939). Every message has a lasting mark, its UIDL; the numbers are of one session only.

A deletion takes effect when the session is ended in order (QUIT): after any failure the connection is dropped, and
nothing was deleted. Every failure is a `MailProblem`.
"""

from __future__ import annotations

import base64
import poplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mikomi.channels.email import consents, oauth
from mikomi.channels.email.imap import TIMEOUT_SECONDS
from mikomi.channels.email.problems import MailProblem, problem_of
from mikomi.channels.models import Mailbox
from mikomi.core import secrets

_LONGEST_PIECE = 65_536


class RefusedError(Exception):
    """The server can't hand out this message; the session goes on."""


@dataclass(frozen=True, slots=True)
class Held:
    """One message of the maildrop. Two copies of the same bytes may share their mark."""

    number: int
    uidl: str
    size: int


class Session:
    """A signed-in connection. Made by `connected`."""

    def __init__(self, client: poplib.POP3) -> None:
        self._client = client

    def held(self) -> list[Held]:
        """Every message of the maildrop, in order. Problem `no_uidl` where the server has no marks."""
        with _named():
            try:
                marks = _pairs(self._client.uidl()[1])
            except poplib.error_proto as error:
                raise MailProblem("no_uidl", str(error)) from error
            sizes = _pairs(self._client.list()[1])
        return [
            Held(number, mark[:70], int(sizes.get(number, "0"))) for number, mark in sorted(marks.items())
        ]

    def pieces(self, number: int) -> Iterator[bytes]:
        """The bytes of a message, piece by piece. Raises `RefusedError`, `MailProblem`."""
        with _named():
            self._client.sock.sendall(b"RETR %d\r\n" % number)
            answer = self._client.file.readline(_LONGEST_PIECE)
            if answer.startswith(b"-ERR"):
                raise RefusedError(answer.decode("utf-8", "replace").strip())
            if not answer.startswith(b"+OK"):
                raise EOFError("the server closed the connection")
            yield from self._literal()

    def _literal(self) -> Iterator[bytes]:
        """Until the line with a single dot; a first dot of a line is doubled on the wire (RFC 1939, 3)."""
        at_start = True
        while piece := self._client.file.readline(_LONGEST_PIECE):
            if at_start and piece.startswith(b"."):
                if piece in (b".\r\n", b".\n"):
                    return
                piece = piece[1:]
            at_start = piece.endswith(b"\n")
            yield piece
        raise EOFError("the server closed the connection")

    def delete(self, number: int) -> None:
        """Mark a message for deletion when the session ends in order."""
        with _named():
            self._client.dele(number)


def _pairs(lines: list[bytes]) -> dict[int, str]:
    """Number and word of each line of a listing."""
    words = (line.decode("ascii", "replace").split() for line in lines)
    return {int(pair[0]): pair[1] for pair in words if len(pair) >= 2 and pair[0].isdecimal()}


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except poplib.error_proto as error:
        raise MailProblem("protocol", str(error)) from error
    except (OSError, EOFError) as error:
        raise problem_of(error) from error


@contextmanager
def connected(mailbox: Mailbox, *, timeout: float = TIMEOUT_SECONDS) -> Iterator[Session]:
    """A signed-in session. Ended in order only where the block was; else nothing is deleted. Raises `MailProblem`."""
    client = _connect(mailbox, timeout)
    try:
        _sign_in(client, mailbox)
        yield Session(client)
        with _named():
            client.quit()
    finally:
        client.close()


def _connect(mailbox: Mailbox, timeout: float) -> poplib.POP3:
    if not mailbox.imap_host:
        raise MailProblem("no_host")
    host, port, context = mailbox.imap_host, mailbox.imap_port, ssl.create_default_context()
    try:
        if mailbox.imap_security == Mailbox.Security.TLS:
            return poplib.POP3_SSL(host, port, timeout=timeout, context=context)
        client = poplib.POP3(host, port, timeout=timeout)
    except (OSError, EOFError, UnicodeError, poplib.error_proto) as error:
        raise problem_of(error) from error
    if mailbox.imap_security == Mailbox.Security.STARTTLS:
        _start_tls(client, context)
    return client


def _start_tls(client: poplib.POP3, context: ssl.SSLContext) -> None:
    try:
        client.stls(context)
    except poplib.error_proto as error:
        client.close()
        raise MailProblem("no_starttls", str(error)) from error
    except BaseException as error:
        client.close()
        if isinstance(error, OSError | EOFError):
            raise problem_of(error) from error
        raise


def _sign_in(client: poplib.POP3, mailbox: Mailbox) -> None:
    user = mailbox.imap_user or mailbox.address
    try:
        if mailbox.sign_in == Mailbox.SignIn.CONSENT:
            _show_token(client, mailbox, user)
            return
        client.user(user)
        client.pass_(secrets.unseal(mailbox.imap_secret))
    except secrets.SealError as error:
        raise MailProblem("secret") from error
    except poplib.error_proto as error:
        # The end of the connection is an error_proto as well, with these words.
        raise MailProblem("dropped" if "-ERR EOF" in str(error) else "login", str(error)) from error
    except (OSError, EOFError) as error:
        raise problem_of(error) from error


def _show_token(client: poplib.POP3, mailbox: Mailbox, user: str) -> None:
    """XOAUTH2 by AUTH (RFC 5034). A token that is refused before its time is renewed once."""
    token = consents.access_token(mailbox)
    try:
        _authenticate(client, user, token)
    except poplib.error_proto:
        _authenticate(client, user, consents.access_token(mailbox, refused=token))


def _authenticate(client: poplib.POP3, user: str, token: str) -> None:
    answer = _exchange(client, b"AUTH XOAUTH2")
    if answer.startswith(b"+"):
        answer = _exchange(client, base64.b64encode(oauth.xoauth2(user, token).encode()))
    if answer.startswith(b"+ "):  # the reason of the refusal; it wants an empty answer
        answer = _exchange(client, b"")
    if not answer.startswith(b"+OK"):
        raise poplib.error_proto(answer.decode("utf-8", "replace").strip() or "-ERR EOF")


def _exchange(client: poplib.POP3, line: bytes) -> bytes:
    client.sock.sendall(line + b"\r\n")
    return client.file.readline(_LONGEST_PIECE)
