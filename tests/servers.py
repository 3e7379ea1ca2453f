"""Real mail servers for tests: a private Dovecot, an SMTP server that records and misbehaves, a wire that is cut.

with dovecot() as server:
    server.append(b"From: …")
    box = server.mailbox(actor)        # a Mailbox of Mikomi that reads it

with smtp_server() as smtp:
    …
    smtp.messages[0].text
"""

from __future__ import annotations

import asyncio
import base64
import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mikomi.core import clock

HOST = "127.0.0.1"
PASSWORD = "open-sesame"


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on now, all different."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_port() -> int:
    """A port that nobody listens on now."""
    return free_ports(1)[0]


# Dovecot


def dovecot_program() -> str | None:
    """Dovecot's program on this machine, or none."""
    found = shutil.which("dovecot") or "/usr/sbin/dovecot"
    return found if Path(found).exists() else None


@dataclass
class Dovecot:
    """A running server. Every user name signs in with `PASSWORD` and finds an own mailbox."""

    port: int
    tls_port: int
    folder: Path
    certificate: Path
    pop3_port: int = 0
    user: str = "support@shop.example"

    def client(self) -> imaplib.IMAP4:
        """A signed-in connection of the test's own."""
        client = imaplib.IMAP4(HOST, self.port, timeout=20)
        client.login(self.user, PASSWORD)
        return client

    def append(self, *messages: bytes, folder: str = "INBOX", moment: datetime | None = None) -> None:
        """Put messages into a folder, as if they had just been delivered (or at `moment`)."""
        stamp = imaplib.Time2Internaldate(moment or clock.now())
        client = self.client()
        try:
            for message in messages:
                status, data = client.append(folder, "", stamp, message)
                assert status == "OK", data
        finally:
            client.logout()

    def create(self, folder: str) -> None:
        """Make a folder."""
        self._command(lambda client: client.create(folder))

    def renumber(self, folder: str = "INBOX") -> None:
        """Give the folder a new UIDVALIDITY, as after a repair of the server: same messages, new numbers."""
        messages = self.messages(folder)
        home = self.folder / "mail" / self.user / "Maildir"
        place = home if folder == "INBOX" else home / f".{folder}"
        for path in [*place.glob("dovecot*"), *place.glob("cur/*"), *place.glob("new/*")]:
            path.unlink()
        time.sleep(1.1)  # a UIDVALIDITY is a second of the clock
        self.append(*messages, folder=folder)

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        """The bytes of every message of a folder."""
        client = self.client()
        client.select(f'"{folder}"', readonly=True)
        _status, data = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
        client.logout()
        return [item[1] for item in data if isinstance(item, tuple)]

    def flags(self, folder: str = "INBOX") -> list[str]:
        """The flags of every message of a folder."""
        client = self.client()
        client.select(folder, readonly=True)
        _status, data = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [item.decode() for item in data if isinstance(item, bytes)]

    def delete(self, uid: int, folder: str = "INBOX") -> None:
        """Delete a message on the server, as a person with another mail program would."""
        client = self.client()
        client.select(folder)
        client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
        client.expunge()
        client.logout()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The columns of a `Mailbox` that reads this server."""
        from mikomi.core import secrets

        return {
            "address": self.user,
            "imap_host": HOST,
            "imap_port": self.port,
            "imap_security": "none",
            "imap_user": self.user,
            "imap_secret": secrets.seal(PASSWORD),
            "smtp_host": "",
        } | changes

    def _command(self, function: Any) -> None:
        client = self.client()
        status, data = function(client)
        client.logout()
        assert status == "OK", data


@contextmanager
def dovecot(*, token_port: int = 0) -> Iterator[Dovecot]:
    """A private Dovecot. Raises `FileNotFoundError` where there is none (mark the test `dovecot`).

    `token_port`: of a `tests.provider` whose access tokens sign in (XOAUTH2) beside the password.
    """
    program = dovecot_program()
    if program is None:
        raise FileNotFoundError("Dovecot is not installed on this machine.")
    folder = Path(tempfile.mkdtemp(prefix="mikomi-dovecot-", dir="/tmp"))
    folder.chmod(0o755)
    certificate = make_certificate(folder, valid=True)
    plain, over_tls, pop3 = free_ports(3)
    server = Dovecot(plain, over_tls, folder, certificate, pop3)
    config = folder / "dovecot.conf"
    tokens = _accept_tokens(folder, token_port) if token_port else ""
    config.write_text(_dovecot_config(server, certificate) + tokens)
    process = subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.PIPE)
    try:
        _wait_for(server.port, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _dovecot_config(server: Dovecot, certificate: Path) -> str:
    """Everything below one folder, so that nothing of the machine's own Dovecot is touched."""
    is_root = os.geteuid() == 0
    owner = "nobody" if is_root else _user_name()
    mail = server.folder / "mail"
    mail.mkdir()
    if is_root:
        shutil.chown(mail, "nobody", "nogroup")
    uid, gid = (65534, 65534) if is_root else (os.geteuid(), os.getegid())
    logins = "" if is_root else f"default_login_user = {owner}\ndefault_internal_user = {owner}\n"
    groups = "" if is_root else f"default_internal_group = {_group_name()}\n"
    chroot = "" if is_root else "  chroot =\n"
    return f"""
base_dir = {server.folder}/run
log_path = {server.folder}/log
protocols = imap pop3
listen = {HOST}
{logins}{groups}first_valid_uid = 1
auth_mechanisms = plain login
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{mail}/%u/Maildir
mail_max_userip_connections = 50
mailbox_list_index = no
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{server.folder}/key.pem
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service anvil {{
{chroot}  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
{chroot}}}
service pop3-login {{
{chroot}  inet_listener pop3 {{
    port = {server.pop3_port}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service imap-login {{
{chroot}  inet_listener imap {{
    port = {server.port}
  }}
  inet_listener imaps {{
    port = {server.tls_port}
  }}
}}
"""


def _accept_tokens(folder: Path, port: int) -> str:
    """Dovecot asks the provider whose token it is, as it does with a real one."""
    (folder / "oauth2.conf").write_text(
        f"""tokeninfo_url = http://{HOST}:{port}/tokeninfo?access_token=
username_attribute = email
active_attribute = active
active_value = true
"""
    )
    return f"""
auth_mechanisms = plain login xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""


def _user_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _group_name() -> str:
    import grp

    return grp.getgrgid(os.getegid()).gr_name


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            assert process.stderr is not None
            raise RuntimeError(f"The server ended: {process.stderr.read().decode()}")
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port}.")


def make_certificate(folder: Path, *, valid: bool) -> Path:
    """A self-signed certificate for 127.0.0.1 (`cert.pem`, `key.pem`); expired when not `valid`."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = clock.now()
    end = now + timedelta(days=400) if valid else now - timedelta(days=1)
    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")]
    )
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = (
        made.not_valid_before(now - timedelta(days=30)).not_valid_after(end).sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem"


# SMTP


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


# A wire that is cut


class CutWire:
    """A proxy before a server. It ends the connection when the client has sent `commands` lines (none: never)."""

    def __init__(self, port: int, commands: int | None) -> None:
        self.commands = commands
        self.was_cut = False
        self._target = port
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection((HOST, self._target))
                self._open += [client, server]
                threading.Thread(target=self._upward, args=(client, server), daemon=True).start()
                threading.Thread(target=_copy, args=(server, client), daemon=True).start()

    def _upward(self, client: socket.socket, server: socket.socket) -> None:
        lines = 0
        with suppress(OSError):
            while data := client.recv(65_536):
                lines += data.count(b"\n")
                if self.commands is not None and lines > self.commands:
                    self.was_cut = True
                    break
                server.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take the proxy down."""
        for item in (self._listener, *self._open):
            with suppress(OSError):
                item.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def cut_wire(port: int, commands: int | None) -> Iterator[CutWire]:
    """A proxy before `port` that ends the connection after so many lines of the client."""
    wire = CutWire(port, commands)
    try:
        yield wire
    finally:
        wire.close()
