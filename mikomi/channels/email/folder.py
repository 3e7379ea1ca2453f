"""A mailbox that sends into a folder of this machine: to try things out without a mail server.

It answers the few commands that `smtp.py` speaks, so that everything up to the last line is the real thing.
"""

from __future__ import annotations

import os
import smtplib
import tempfile

from django.conf import settings

OK = (250, b"OK")


class FolderClient(smtplib.SMTP):
    """Takes a message as a server would and keeps it as an .eml file under `sent/` in the data folder."""

    def __init__(self) -> None:
        super().__init__()
        self._received = b""

    def mail(self, sender: str, options: object = ()) -> tuple[int, bytes]:
        return OK

    def rcpt(self, recip: str, options: object = ()) -> tuple[int, bytes]:
        return OK

    def rset(self) -> tuple[int, bytes]:
        self._received = b""
        return OK

    def has_extn(self, opt: str) -> bool:
        return True

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        return (354, b"Go on")

    def send(self, s: object) -> None:
        assert isinstance(s, bytes)
        self._received += s

    def getreply(self) -> tuple[int, bytes]:
        folder = settings.DATA_DIR / "sent"
        folder.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(suffix=".part", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(self._received.removesuffix(b".\r\n"))
        os.replace(path, path.removesuffix(".part") + ".eml")
        return OK

    def quit(self) -> tuple[int, bytes]:
        return (221, b"Bye")

    def close(self) -> None:
        """Nothing is open."""
