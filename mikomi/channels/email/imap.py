"""A read-only look into a mailbox over IMAP: folders are examined, never selected; nothing is flagged by reading.

Every failure is a `MailProblem`. Messages above `CHUNK_BYTES` are read piece by piece, so that their size does not
matter for memory.
"""

from __future__ import annotations

import imaplib
import itertools
import re
import select
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

from mikomi.channels.email import consents, oauth
from mikomi.channels.email.problems import MailProblem, problem_of
from mikomi.channels.models import Mailbox
from mikomi.core import clock, secrets

CHUNK_BYTES = 2_000_000
TIMEOUT_SECONDS = 30.0
_LOOK_SECONDS = 0.5
_NEWS = re.compile(rb"^\* \d+ (EXISTS|RECENT|EXPUNGE)", re.I)
_tags = itertools.count(1)
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_FOLDER = re.compile(rb'\((?P<flags>[^)]*)\) (?:"[^"]*"|NIL) (?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))')
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of a folder as the server lists it."""

    uid: int
    size: int
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class Folder:
    """An examined folder: its numbering and how many messages it holds."""

    name: str
    uid_validity: int
    count: int


class Session:
    """A signed-in connection. Made by `connected`."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client

    def examine(self, folder: str, *, writable: bool = False) -> Folder:
        """Open a folder, without touching flags unless `writable`. Problem `folder` when it is not there."""
        status, data = self._call(lambda: self._client.select(_quoted(folder), readonly=not writable))
        if status != "OK":
            raise MailProblem("folder", f"{folder}: {_words(data)}")
        validity = self._client.response("UIDVALIDITY")[1]
        if not validity or validity[0] is None:
            raise MailProblem("protocol", f"{folder}: no UIDVALIDITY")
        return Folder(folder, int(validity[0]), int(data[0] or 0))

    def messages_after(self, uid: int) -> list[Listed]:
        """The messages of the open folder with a higher number, in order."""
        found = self._fetch(f"{uid + 1}:*", "(UID RFC822.SIZE INTERNALDATE)")
        listed = (_listed(attributes) for attributes, _literal in found)
        # A range whose end is "*" always names the last message, also one that is not higher.
        return sorted((item for item in listed if item and item.uid > uid), key=lambda item: item.uid)

    def list_numbered(self, uids: Sequence[int]) -> list[Listed]:
        """These messages of the open folder, as far as they are there."""
        found = self._fetch(_set(uids), "(UID RFC822.SIZE INTERNALDATE)") if uids else ()
        return [item for attributes, _literal in found if (item := _listed(attributes))]

    def numbers(self) -> set[int]:
        """Every message number of the open folder."""
        return {_uid(attributes) for attributes, _literal in self._fetch("1:*", "(UID)")}

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Small messages at once, by number. One that the server can't hand out is not among them."""
        found = self._fetch(_set(uids), "(UID BODY.PEEK[])")
        return {_uid(attributes): literal for attributes, literal in found if literal is not None}

    def pieces(self, uid: int) -> Iterator[bytes]:
        """A message in pieces of at most `CHUNK_BYTES`."""
        offset = 0
        while True:
            found = list(self._fetch(str(uid), f"(UID BODY.PEEK[]<{offset}.{CHUNK_BYTES}>)"))
            piece = next((literal for _attributes, literal in found if literal is not None), b"")
            if piece:
                yield piece
            if len(piece) < CHUNK_BYTES:
                return
            offset += len(piece)

    def folder_names(self) -> list[str]:
        """The folders of the mailbox that hold messages, as people read their names."""
        status, data = self._call(self._client.list)
        lines = data if status == "OK" else []
        found = (_FOLDER.match(line) for line in lines if isinstance(line, bytes))
        return [
            utf7_decode(match["quoted"] or match["bare"])
            for match in found
            if match and b"\\noselect" not in match["flags"].lower()
        ]

    @property
    def can_idle(self) -> bool:
        """Whether the server tells by itself what arrives (RFC 2177)."""
        return "IDLE" in self._client.capabilities

    def idle(self, stop: threading.Event, seconds: float) -> bool:
        """Let the server speak first, at most so long. Answers whether it spoke of messages in the open folder.

        Ends within a second after `stop` is set. Whatever it says ends the wait: nothing is left in a buffer.
        """
        return self._call(lambda: self._idle(stop, seconds))

    def _idle(self, stop: threading.Event, seconds: float) -> bool:
        tag = f"IDLE{next(_tags)}".encode()
        self._client.send(tag + b" IDLE\r\n")
        while not (line := self._line()).startswith(b"+"):
            if line.startswith(tag):
                raise MailProblem("protocol", line.decode("utf-8", "replace"))
        until = clock.monotonic() + seconds
        while not stop.is_set() and clock.monotonic() < until and not self._has_spoken():
            pass
        self._client.send(b"DONE\r\n")
        said: list[bytes] = []
        while not (line := self._line()).startswith(tag):
            said.append(line)
        return any(_NEWS.search(line) for line in said)

    def _has_spoken(self) -> bool:
        sock = self._client.sock
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        return bool(select.select([sock], [], [], _LOOK_SECONDS)[0])

    def _line(self) -> bytes:
        line = self._client.readline()
        if not line:
            raise EOFError("the server closed the connection")
        return line

    def mark_seen(self, uids: Sequence[int]) -> None:
        """Set the flag \\Seen; only in a folder opened as writable."""
        self._call(lambda: self._client.uid("STORE", _set(uids), "+FLAGS.SILENT", r"(\Seen)"))

    def _fetch(self, uids: str, items: str) -> Iterator[tuple[bytes, bytes | None]]:
        status, data = self._call(lambda: self._client.uid("FETCH", uids, items))
        if status != "OK":
            raise MailProblem("folder_damaged", _words(data))
        return _responses(data)

    def _call(self, function: Callable[[], Result]) -> Result:
        try:
            return function()
        except (OSError, EOFError, imaplib.IMAP4.error) as error:
            raise _problem(error) from error


def _problem(error: Exception) -> MailProblem:
    if isinstance(error, imaplib.IMAP4.abort):
        return MailProblem("dropped", str(error))
    return problem_of(error)


@contextmanager
def connected(mailbox: Mailbox, *, timeout: float = TIMEOUT_SECONDS) -> Iterator[Session]:
    """A signed-in session with the mailbox's IMAP server. Raises `MailProblem`."""
    client = _connect(mailbox, timeout)
    try:
        _sign_in(client, mailbox)
        yield Session(client)
    finally:
        _leave(client)


def _connect(mailbox: Mailbox, timeout: float) -> imaplib.IMAP4:
    if not mailbox.imap_host:
        raise MailProblem("no_host")
    host, port = mailbox.imap_host, mailbox.imap_port
    context = ssl.create_default_context()
    try:
        if mailbox.imap_security == Mailbox.Security.TLS:
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout)
        client = imaplib.IMAP4(host, port, timeout=timeout)
        if mailbox.imap_security == Mailbox.Security.STARTTLS:
            _start_tls(client, context)
    except (OSError, EOFError, UnicodeError, imaplib.IMAP4.error) as error:
        raise _problem(error) from error
    return client


def _start_tls(client: imaplib.IMAP4, context: ssl.SSLContext) -> None:
    if "STARTTLS" not in client.capabilities:
        _leave(client)
        raise MailProblem("no_starttls")
    try:
        client.starttls(context)
    except BaseException:
        _drop(client)
        raise


def _sign_in(client: imaplib.IMAP4, mailbox: Mailbox) -> None:
    user = mailbox.imap_user or mailbox.address
    try:
        if mailbox.sign_in == Mailbox.SignIn.CONSENT:
            _show_token(client, mailbox, user)
        else:
            _login(client, user, secrets.unseal(mailbox.imap_secret))
    except secrets.SealError as error:
        raise MailProblem("secret") from error
    except imaplib.IMAP4.abort as error:
        raise MailProblem("dropped", str(error)) from error
    except imaplib.IMAP4.error as error:
        raise MailProblem("login", str(error)) from error
    except (OSError, EOFError) as error:
        raise problem_of(error) from error


def _show_token(client: imaplib.IMAP4, mailbox: Mailbox, user: str) -> None:
    """XOAUTH2. A token that is refused before its time is renewed once: the provider may have withdrawn it."""
    token = consents.access_token(mailbox)
    try:
        _authenticate(client, user, token)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        _authenticate(client, user, consents.access_token(mailbox, refused=token))


def _authenticate(client: imaplib.IMAP4, user: str, token: str) -> None:
    words = iter([oauth.xoauth2(user, token).encode()])
    # The second challenge holds the reason of the refusal and wants an empty answer.
    client.authenticate("XOAUTH2", lambda _challenge: next(words, b""))


def _login(client: imaplib.IMAP4, user: str, password: str) -> None:
    """LOGIN takes ASCII only; a password with other letters goes by AUTHENTICATE PLAIN."""
    if (user + password).isascii():
        client.login(user, password)
    else:
        client.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())


def _leave(client: imaplib.IMAP4) -> None:
    try:
        client.logout()
    except (OSError, EOFError, imaplib.IMAP4.error):
        _drop(client)


def _drop(client: imaplib.IMAP4) -> None:
    with suppress(OSError):
        client.shutdown()


def _quoted(folder: str) -> str:
    name: str = utf7_encode(folder).decode("ascii")
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _set(uids: Iterable[int]) -> str:
    """A compact set of numbers: 1,2,3,7 → 1:3,7."""
    ranges: list[list[int]] = []
    for uid in sorted(uids):
        if ranges and ranges[-1][1] + 1 == uid:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in ranges)


def _responses(data: Sequence[object]) -> Iterator[tuple[bytes, bytes | None]]:
    """The answers to a FETCH: attributes and literal. imaplib splits one answer into a tuple and its tail."""
    attributes, literal = b"", None
    for item in data:
        if isinstance(item, tuple):
            attributes, literal = attributes + item[0], item[1]
        elif isinstance(item, bytes):
            attributes += item
            if literal is None and b'BODY[] ""' in attributes:
                literal = b""
            if item.endswith(b")"):
                if _UID.search(attributes):
                    yield attributes, literal
                attributes, literal = b"", None


def _uid(attributes: bytes) -> int:
    match = _UID.search(attributes)
    return int(match[1]) if match else 0


def _listed(attributes: bytes) -> Listed | None:
    size = _SIZE.search(attributes)
    if not size:
        return None
    return Listed(_uid(attributes), int(size[1]), _moment(attributes))


def _moment(attributes: bytes) -> datetime | None:
    match = _DATE.search(attributes)
    if not match:
        return None
    try:
        found = parsedate_to_datetime(match[1].decode("ascii").replace("-", " ").strip())
    except ValueError:
        return None
    return found if found.tzinfo else None


def _words(data: Sequence[object]) -> str:
    return " ".join(item.decode("utf-8", "replace") for item in data if isinstance(item, bytes))
