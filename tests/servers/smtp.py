"""An SMTP server that does what the test says: take, refuse, throttle, hang up."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.ground import HOST, free_port


@dataclass(frozen=True)
class Received:
    """One message that the server took."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes

    @property
    def mail(self) -> EmailMessage:
        """The message as the standard library reads it."""
        message = BytesParser(policy=default_policy).parsebytes(self.data)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.mail.get_body(("plain",))
        return str(body.get_content()) if body else ""


@dataclass
class SmtpServer:
    """A running server. `behaviour` may be changed while it runs.

    good · refuse_recipient (550) · busy (451 at the recipient) · refuse_sender · refuse_data (554 after the message) ·
    drop_before (ends at RCPT) · drop_after (takes the message, then ends without an answer) · slow (answers a moment
    after it took the message) · hang (never answers).
    """

    port: int
    behaviour: str = "good"
    messages: list[Received] = field(default_factory=list)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The columns of a `Mailbox` that sends by this server."""
        return {"smtp_host": HOST, "smtp_port": self.port, "smtp_security": "none"} | changes

    def to(self, address: str) -> list[Received]:
        """What was taken for this address."""
        return [item for item in self.messages if address in item.recipients]


class _Handler:
    """What the server does at each step, by its present behaviour."""

    def __init__(self, state: SmtpServer) -> None:
        self.state = state
        self.release = threading.Event()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.state.behaviour == "refuse_sender":
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.state.behaviour == "refuse_recipient":
            return "550 5.1.1 User unknown"
        if self.state.behaviour == "busy":
            return "451 4.7.1 Greylisted, come back later"
        if self.state.behaviour == "drop_before":
            _cut(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.state.behaviour == "refuse_data":
            return "554 5.7.1 Message refused"
        self.state.messages.append(
            Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b"")
        )
        if self.state.behaviour == "drop_after":
            _cut(server)
        if self.state.behaviour == "slow":
            await asyncio.sleep(0.15)
        while self.state.behaviour == "hang" and not self.release.is_set():
            await asyncio.sleep(0.05)
        return "250 OK"


class _TokenHandler(_Handler):
    """The same with XOAUTH2, as Google and Microsoft describe it."""

    def __init__(self, state: SmtpServer, tokens: Mapping[str, str]) -> None:
        super().__init__(state)
        self.tokens = tokens

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        words = base64.b64decode(arguments[1]).decode().split("\1")
        user, token = words[0].removeprefix("user="), words[1].removeprefix("auth=Bearer ")
        if self.tokens.get(token) == user:
            return AuthResult(success=True, auth_data=user.encode())
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)


def _cut(server: SMTP) -> None:
    """End the connection at once, without a word."""
    transport = server.transport
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


@contextmanager
def smtp_server(
    *,
    behaviour: str = "good",
    password: str = "",
    tls: Path | None = None,
    implicit_tls: bool = False,
    tokens: Mapping[str, str] | None = None,
) -> Iterator[SmtpServer]:
    """A recording SMTP server. `password`: sign-in is asked for; `tls`: a folder with `cert.pem` and `key.pem`.

    `tokens`: access tokens and whose they are; then sign-in is by XOAUTH2.
    """
    state = SmtpServer(free_port(), behaviour)
    handler = _Handler(state)
    options: dict[str, Any] = {"data_size_limit": 100_000_000}
    if password:
        options |= {
            "auth_required": True,
            "auth_require_tls": False,
            "authenticator": lambda _s, _session, _e, _m, data: _checked(data, password),
        }
    if tokens is not None:
        handler = _TokenHandler(state, tokens)
        options |= {
            "auth_required": True,
            "auth_require_tls": False,
            "auth_exclude_mechanism": ["LOGIN", "PLAIN"],
        }
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
        options |= {"ssl_context": context} if implicit_tls else {"tls_context": context}
    controller = Controller(handler, hostname=HOST, port=state.port, **options)
    controller.start()
    try:
        yield state
    finally:
        handler.release.set()
        controller.stop()


def _checked(data: object, password: str) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == password.encode()
    return AuthResult(success=good, handled=False)
