"""What the other tests of intake leave open of the sixteen guarantees, and that docs/email.md names real tests."""

from __future__ import annotations

import ast
import imaplib
import os
import re
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from mikomi.channels import intake
from mikomi.channels.email import inbound
from mikomi.channels.email.tests.conftest import fetch, visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import FolderCursor, Intake, Mailbox
from mikomi.conversations.models import Message
from mikomi.core import clock
from mikomi.core.events.models import Event
from tests.paths import ROOT
from tests.servers import Dovecot

GUARANTEES = 16
REPLY = """Thank you, that answers it.

Hanako
--
Hanako Yamada
090-1234-5678

On Wed, 18 Nov 2026 at 11:55, Shop <support@shop.example> wrote:
> Your order leaves tomorrow.
>
> > When does it come?
"""


@pytest.mark.dovecot
@pytest.mark.django_db
def test_nothing_is_marked_on_the_server_before_it_is_committed(mailbox: Mailbox, server: Dovecot) -> None:
    Mailbox.objects.update(after_reading=Mailbox.AfterReading.SEEN)
    server.append(mail())
    with patch.object(inbound, "_note_copies", side_effect=RuntimeError("the power fails here")):
        visit(mailbox)
    assert not any("Seen" in flags for flags in server.flags())
    fetch(mailbox)
    assert all("Seen" in flags for flags in server.flags())


@pytest.mark.dovecot
@pytest.mark.django_db
def test_the_bytes_are_synced_to_disk_before_the_row_is_written(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail())
    order: list[str] = []
    sync, write = os.fsync, intake.take_in

    def synced(handle: int) -> None:
        place = Path(os.readlink(f"/proc/self/fd/{handle}"))
        names_it = place.is_dir() and any(one.is_file() for one in place.iterdir())
        order.append("name" if names_it else "folder" if place.is_dir() else "bytes")
        sync(handle)

    def written(arrivals: list[object]) -> object:
        order.append("row")
        return write(arrivals)  # type: ignore[arg-type]

    with patch("os.fsync", synced), patch.object(inbound, "take_in", written):
        visit(mailbox)
    assert order.index("bytes") < order.index("name") < order.index("row")


@pytest.mark.dovecot
@pytest.mark.django_db
def test_flags_and_dates_decide_nothing(mailbox: Mailbox, server: Dovecot) -> None:
    """Given a mail that somebody has read elsewhere and that claims to be years old, then it is fetched like any."""
    server.append(mail("first"))
    fetch(mailbox)
    client = server.client()
    stamp = imaplib.Time2Internaldate(clock.now() - timedelta(days=2_000))
    client.append("INBOX", r"(\Seen \Answered)", stamp, mail("late, old and read"))
    client.logout()
    assert len(fetch(mailbox)) == 2
    assert FolderCursor.objects.get().last_uid == 2


@pytest.mark.dovecot
@pytest.mark.django_db
def test_the_whole_body_is_stored_with_quotation_and_signature(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(mail(REPLY))
    fetch(mailbox)
    assert Message.objects.get().text.strip() == REPLY.strip()


@pytest.mark.dovecot
@pytest.mark.django_db
def test_quarantine_tells_everybody(mailbox: Mailbox, server: Dovecot) -> None:
    server.append(b"no mail at all\r\n")
    (row,) = fetch(mailbox)
    assert row.state == Intake.State.QUARANTINED
    assert Event.objects.filter(kind="intake.quarantined", payload__intake_id=row.pk).count() == 1


def test_each_guarantee_names_a_test_that_exists() -> None:
    rows = guarantees()
    assert [number for number, _tests in rows] == list(range(1, GUARANTEES + 1))
    for number, tests in rows:
        assert tests, f"guarantee {number} names no test"
        for file, name in tests:
            assert name in names_in(ROOT / "mikomi" / "channels" / file), f"{number}: {file} has no {name}"


def guarantees() -> list[tuple[int, list[tuple[str, str]]]]:
    """Number and (file, test) of each row of the table in docs/email.md."""
    text = (ROOT / "docs/email.md").read_text()
    rows = re.findall(r"^\| (\d+) \|[^|]*\|([^|]*)\|$", text, re.M)
    return [(int(number), re.findall(r"`([\w/]+\.py)::(\w+)`", cell)) for number, cell in rows]


def names_in(path: Path) -> set[str]:
    """Every function of a file, also those of classes."""
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
