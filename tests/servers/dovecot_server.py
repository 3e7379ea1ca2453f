"""A real Dovecot of the test's own: IMAP and POP3, in the clear and over TLS."""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mikomi.core import clock
from tests.servers.ground import HOST, PASSWORD, free_ports, make_certificate


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
