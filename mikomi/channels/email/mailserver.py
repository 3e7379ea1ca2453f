"""Our own door for mail: SMTP and LMTP. "250" is said only once the message is synced to disk and committed.

It takes mail for our mailboxes and senders and for nobody else: it is no relay. A message that could not be kept is
refused for the moment (4xx), so that the server that sends it keeps it and comes again; if an answer of ours got lost
and the same message comes twice, it is one arrival. Stand it behind a mail server (LMTP) or in a network of yours.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections, transaction

from mikomi.channels.email import senders
from mikomi.channels.email.inbound import CHANNEL
from mikomi.channels.intake import Arrival, message_id_in, take_in
from mikomi.channels.models import Intake, Mailbox
from mikomi.core import clock
from mikomi.core.files import operations as files
from mikomi.core.files.operations import StorageError

MOST_RECIPIENTS = 100
MOST_CONNECTIONS = 50
"""Each may hold one message in memory; further ones are told to come again."""
LONGEST_LINE = 1_000_000
"""Bytes. RFC 5321 asks for 1,000; real mail is longer, and refusing it would lose it."""
ANOTHER_LISTENS_SECONDS = 30.0
COMMAND_SECONDS = 120.0
_logger = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Door:
    """One address that is listened on. `protocol`: smtp or lmtp."""

    protocol: str
    host: str
    port: int


def mailbox_of(recipient: str) -> int | None:
    """The mailbox that mail for this address belongs to; what follows a plus is not looked at."""
    local, _at, domain = recipient.lower().rpartition("@")
    wanted = (f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}")
    boxes = Mailbox.objects.filter(is_active=True)
    own = dict(boxes.filter(address__in=wanted).values_list("address", "pk"))
    further = {
        address: box for address, (box, _key) in senders.further_addresses().items() if address in wanted
    }
    return next((found for one in wanted if (found := own.get(one) or further.get(one))), None)


def keep(sender: str, recipients: Sequence[str], data: bytes) -> list[Intake]:
    """Store a message for each mailbox it is for, committed when this returns. Raises `StorageError`, `DatabaseError`.

    The envelope's sender is put before it, as the last server on the way does (RFC 5321, 4.4).
    """
    raw = files.store(f"Return-Path: <{_plain(sender)}>\r\n".encode() + data, "message/rfc822")
    boxes: dict[int, list[str]] = {}
    for recipient in recipients:
        if (found := mailbox_of(recipient)) is not None:
            boxes.setdefault(found, []).append(recipient[:254])
    arrivals = [
        Arrival(
            CHANNEL, str(pk), message_id_in(data, raw.sha256), raw, mailbox_id=pk, arrived_at=clock.now(),
            detail={"envelope_to": names[:10]},
        )
        for pk, names in boxes.items()
    ]  # fmt: skip
    with transaction.atomic(durable=True):
        return take_in(arrivals)


def _plain(sender: str) -> str:
    return "".join(char for char in sender if char not in "<>\r\n\0")[:320]


class Handler:
    """What is answered to each command. The database is spoken to in a thread of its own."""

    def __init__(self, pool: ThreadPoolExecutor, *, speaks_lmtp: bool) -> None:
        self._pool, self._speaks_lmtp = pool, speaks_lmtp

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only our own addresses."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients; send the rest in another message"
        try:
            known = await self._in_thread(lambda: mailbox_of(address))
        except DatabaseError:
            _logger.exception("a recipient can't be looked up")
            return "451 4.3.0 Try again later"
        if known is None:
            return "550 5.1.1 There is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The whole message has come. LMTP wants one answer for each recipient (RFC 2033)."""
        answer = await self._kept(envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if self._speaks_lmtp else answer

    async def _kept(self, envelope: Envelope) -> str:
        data = envelope.original_content or b""
        try:
            await self._in_thread(lambda: keep(envelope.mail_from or "", list(envelope.rcpt_tos), data))
        except StorageError:
            _logger.exception("a message could not be stored")
            return "452 4.3.1 No room here at the moment; try again later"
        except Exception:
            _logger.exception("a message could not be taken")
            return "451 4.3.0 Not taken; try again later"
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """An error of ours is never a reason to give a message up."""
        _logger.error("the mail server failed", exc_info=error)
        return "451 4.3.0 Try again later"

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        def fresh() -> Result:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._pool, fresh)


class _Limits:
    """Mixed into both protocols: long lines, and no more connections than memory bears."""

    line_length_limit = LONGEST_LINE
    _open = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection more; one too many is told so and ended."""
        _Limits._open += 1
        if _Limits._open > MOST_CONNECTIONS and isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.3.2 Too busy; try again later\r\n")
            transport.close()
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        """A connection less."""
        _Limits._open -= 1
        super().connection_lost(error)  # type: ignore[misc]


class SmtpDoor(_Limits, SMTP):
    """SMTP."""


class LmtpDoor(_Limits, LMTP):
    """LMTP."""


def serve(_worker: str, stop: threading.Event) -> None:
    """Listen on the configured addresses until `stop` is set; do nothing where there are none."""
    doors = [Door(*spec) for spec in settings.MAIL_LISTEN]
    if not doors:
        stop.wait()
        return
    try:
        listen(doors, stop)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        # Another worker of this machine has the door; should it end, this one takes it over.
        stop.wait(ANOTHER_LISTENS_SECONDS)


def listen(doors: Sequence[Door], stop: threading.Event) -> None:
    """Listen until `stop` is set; a message that is being kept is kept to its end. Raises `OSError`."""
    asyncio.run(_listen(doors, stop))


async def _listen(doors: Sequence[Door], stop: threading.Event) -> None:
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mailserver")
    servers: list[asyncio.Server] = []
    try:
        for door in doors:
            # One by one: those that are open are closed should the next one fail.
            servers.append(await loop.create_server(_factory(door, pool, loop), door.host, door.port))  # noqa: PERF401
        _logger.info("listening for mail", extra={"doors": [f"{one.host}:{one.port}" for one in doors]})
        while not stop.is_set():
            await asyncio.sleep(0.2)
    finally:
        for server in servers:
            server.close()
        await loop.run_in_executor(None, lambda: _end(pool))


def _end(pool: ThreadPoolExecutor) -> None:
    pool.submit(connections.close_all)
    pool.shutdown(wait=True)


def _factory(door: Door, pool: ThreadPoolExecutor, loop: asyncio.AbstractEventLoop) -> Callable[[], SMTP]:
    protocol = LmtpDoor if door.protocol == "lmtp" else SmtpDoor
    handler = Handler(pool, speaks_lmtp=door.protocol == "lmtp")
    context = _certificate()
    return lambda: protocol(
        handler, data_size_limit=settings.MAIL_MAX_BYTES, enable_SMTPUTF8=True, ident="Mikomi", timeout=COMMAND_SECONDS,
        tls_context=context, loop=loop,
    )  # fmt: skip


def _certificate() -> ssl.SSLContext | None:
    """STARTTLS where a certificate is given (one PEM file with key and chain)."""
    if settings.MAIL_CERTIFICATE is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.MAIL_CERTIFICATE)
    return context
