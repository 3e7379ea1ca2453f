"""A mailbox on a real Dovecot, and a server that takes what we send."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mikomi.channels.email import poll
from mikomi.channels.models import Intake, Mailbox
from mikomi.channels.processing import process_due
from mikomi.core.business.models import Business
from tests.servers import Dovecot, SmtpServer, dovecot, smtp_server

WORKER = "test-worker"


@pytest.fixture(scope="session")
def running_dovecot() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running_dovecot: Dovecot) -> Dovecot:
    """An empty mailbox of this test's own on the server."""
    return replace(running_dovecot, user=f"support-{secrets.token_hex(4)}@shop.example")


@pytest.fixture
def mailbox(server: Dovecot, business: Business) -> Mailbox:
    """Mikomi's view of it."""
    return Mailbox.objects.create(**server.settings())


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


@pytest.fixture
def sending_mailbox(smtp: SmtpServer, business: Business) -> Mailbox:
    """A mailbox that can send, on no IMAP server."""
    return Mailbox.objects.create(address="support@shop.example", display_name="見本商店", **smtp.settings())


def visit(mailbox: Mailbox) -> int:
    """One visit to the mailbox, as the worker makes it."""
    mailbox.refresh_from_db()
    assert poll.claim(mailbox, WORKER)
    return poll.poll(mailbox)


def process() -> None:
    """Read everything that waits."""
    while process_due(WORKER):
        pass


def fetch(mailbox: Mailbox) -> list[Intake]:
    """Visit and read; every arrival, the oldest first."""
    visit(mailbox)
    process()
    return list(Intake.objects.order_by("id"))
