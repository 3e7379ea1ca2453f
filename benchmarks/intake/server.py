"""The server that mail comes from, and the business that reads it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers import PASSWORD, Dovecot, SmtpServer

USER = "support@shop.example"


def deliver(server: Dovecot, raws: Sequence[bytes], first: int = 0) -> None:
    """Put mails into the inbox as a delivery agent does: a file in `tmp`, renamed into `new`."""
    home = server.folder / "mail" / server.user / "Maildir"
    if not home.exists():
        for name in ("tmp", "new", "cur"):
            (home / name).mkdir(parents=True)
        for folder in (home.parent, home, *home.iterdir()):
            _give_away(folder)
    for number, raw in enumerate(raws, first):
        name = f"{int(time.time())}.M{number:08d}P{os.getpid()}.shop"  # noqa: TID251
        file = home / "tmp" / name
        file.write_bytes(raw)
        _give_away(file)
        file.rename(home / "new" / name)


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")


def messages_on(server: Dovecot) -> int:
    """How many messages lie there."""
    home = server.folder / "mail" / server.user / "Maildir"
    return sum(1 for folder in ("new", "cur") for _file in (home / folder).iterdir())


def set_up(server: Dovecot, smtp: SmtpServer) -> int:
    """The business and its mailbox; its id."""
    from mikomi.channels.models import Mailbox
    from mikomi.core import clock, secrets
    from mikomi.core.business.models import Business

    Business.objects.create(name="見本商店", set_up_at=clock.now())
    secret = secrets.seal(PASSWORD)
    columns = server.settings(**smtp.settings()) | {"address": USER, "imap_secret": secret}
    return Mailbox.objects.create(**columns).pk
