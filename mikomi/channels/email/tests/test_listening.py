"""IMAP IDLE against a real Dovecot: news is fetched within moments, and whoever listens holds up nobody."""

from __future__ import annotations

import queue
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from mikomi.channels.email import imap, inbound, listening, poll
from mikomi.channels.email.tests.conftest import visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Mailbox
from mikomi.core import clock
from tests import processes
from tests.servers import HOST, PASSWORD, Dovecot, cut_wire

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@contextmanager
def listening_to(mailbox: Mailbox) -> Iterator[tuple[listening.Ear, queue.Queue[int], queue.Queue[bool]]]:
    """An ear in a thread of its own; what it heard, and when it began and ceased to listen."""
    heard: queue.Queue[int] = queue.Queue()
    listens: queue.Queue[bool] = queue.Queue()
    ear = listening.Ear(mailbox, "INBOX", heard.put, lambda _pk, does: listens.put(does))
    thread = threading.Thread(target=ear.run, daemon=True)
    thread.start()
    try:
        yield ear, heard, listens
    finally:
        ear.stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_the_server_says_that_there_is_news(mailbox: Mailbox, server: Dovecot) -> None:
    with listening_to(mailbox) as (_ear, heard, listens):
        assert listens.get(timeout=10) is True
        assert heard.get(timeout=10) == mailbox.pk  # what came while nobody listened
        time.sleep(0.3)
        began = time.monotonic()
        server.append(mail())
        assert heard.get(timeout=10) == mailbox.pk
    assert time.monotonic() - began < 5


def test_it_listens_again_after_the_connection_was_lost(mailbox: Mailbox, server: Dovecot) -> None:
    with cut_wire(server.port, None) as wire:
        mailbox.imap_port = wire.port
        with (
            patch.object(poll, "EVERY", timedelta(seconds=0.2)),
            listening_to(mailbox) as (ear, heard, listens),
        ):
            assert (listens.get(timeout=10), heard.get(timeout=10)) == (True, mailbox.pk)
            time.sleep(0.3)
            for end in wire._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            assert (listens.get(timeout=10), listens.get(timeout=10)) == (False, True)
            assert heard.get(timeout=10) == mailbox.pk
            time.sleep(0.3)
            server.append(mail())
            assert heard.get(timeout=10) == mailbox.pk
            assert ear.failures <= 1


def test_where_no_idle_is_offered_the_mailbox_is_polled(mailbox: Mailbox, server: Dovecot) -> None:
    with patch.object(imap.Session, "can_idle", False), listening_to(mailbox) as (ear, heard, listens):
        assert listens.get(timeout=10) is False
        assert (ear.offered, heard.empty()) == (False, True)
    server.append(mail())
    assert visit(mailbox) == 1


def test_a_server_that_can_not_be_reached_is_tried_less_and_less_often(mailbox: Mailbox) -> None:
    ear = listening.Ear(mailbox, "INBOX", lambda _pk: None, lambda _pk, _does: None)
    mailbox.imap_secret = ""
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        if len(pauses) == 4:
            ear.stop.set()
        return ear.stop.is_set()

    with patch.object(ear, "stop", wraps=ear.stop) as stop:
        stop.wait = wait
        ear.run()
    assert pauses == [60.0, 120.0, 240.0, 480.0]


def test_one_worker_listens_to_a_mailbox_and_another_takes_over(mailbox: Mailbox) -> None:
    assert [box.pk for box in listening._mine("one")] == [mailbox.pk]
    assert listening._mine("two") == []
    assert listening.free_listeners(["one"]) == 1
    assert [box.pk for box in listening._mine("two")] == [mailbox.pk]


def test_a_mailbox_that_can_not_be_visited_is_not_listened_to(mailbox: Mailbox) -> None:
    Mailbox.objects.update(poll_failures=1)
    assert listening._mine("one") == []
    Mailbox.objects.update(poll_failures=0, protocol="pop3")
    assert listening._mine("one") == []


def test_news_during_a_visit_is_not_forgotten(mailbox: Mailbox, server: Dovecot) -> None:
    """Given a mail that comes after the folder was looked at, when the visit ends, then the next one is due at once."""
    whole = inbound.read_folder

    def late(*arguments: object) -> bool:
        complete = whole(*arguments)  # type: ignore[arg-type]
        poll.visit_soon(Mailbox.objects.filter(pk=mailbox.pk))
        return complete

    with patch.object(poll, "read_folder", late):
        visit(mailbox)
    mailbox.refresh_from_db()
    assert mailbox.next_poll_at is not None
    assert mailbox.next_poll_at <= clock.now()
    visit(mailbox)
    mailbox.refresh_from_db()
    assert mailbox.next_poll_at > clock.now()


WORKER = """
from datetime import timedelta
from mikomi.channels.email import poll
from mikomi.channels.models import Mailbox
from mikomi.core.business.models import Business
from mikomi.core import clock, secrets
from mikomi.core.work import worker
poll.EVERY = poll.EVERY_WHILE_LISTENING = timedelta(hours=1)
Business.objects.create(name="Shop", set_up_at=clock.now())
for user, port in {boxes}:
    Mailbox.objects.create(
        address=user, imap_host="{host}", imap_port=port, imap_security="none", imap_secret=secrets.seal("{password}"),
    )
print("began", flush=True)
worker.main()
print("ended", flush=True)
"""
STATE = """
from mikomi.channels.models import Intake, Mailbox
from mikomi.conversations.models import Message
box = Mailbox.objects.get(address="{user}")
print(Message.objects.count(), bool(box.listening_since), bool(box.listener))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_fetches_what_the_server_announces_and_ends_in_order(
    shared_database: str, tmp_path: Path, running_dovecot: Dovecot
) -> None:
    """Given polling once an hour, and a second mailbox whose server never answers, then a mail is there in seconds."""
    server = replace(running_dovecot, user=f"idle-{secrets.token_hex(4)}@shop.example")
    with _silent_server() as port:
        boxes = [(server.user, server.port), ("silent@shop.example", port)]
        program = WORKER.format(boxes=boxes, host=HOST, password=PASSWORD)
        process = processes.start(program, shared_database, tmp_path)
        try:
            assert processes.output_of(process).readline() == "began\n"
            state = STATE.format(user=server.user)
            _until("0 True True", lambda: processes.run(state, shared_database, tmp_path).strip(), 40)
            server.append(mail())
            _until("1 True True", lambda: processes.run(state, shared_database, tmp_path).strip(), 15)
            process.send_signal(signal.SIGTERM)
            assert processes.output_of(process).read() == "ended\n"
            assert processes.run(state, shared_database, tmp_path).strip() == "1 False False"
        finally:
            process.kill()
            process.wait()


@contextmanager
def _silent_server() -> Iterator[int]:
    """It takes connections and says nothing."""
    with socket.create_server((HOST, 0)) as listener:
        yield int(listener.getsockname()[1])


def _until(wanted: str, look: object, seconds: float) -> None:
    until = time.monotonic() + seconds
    seen = ""
    while time.monotonic() < until:
        seen = look()  # type: ignore[operator]
        if seen == wanted:
            return
        time.sleep(0.2)
    raise AssertionError(f"{seen!r} is not {wanted!r}")
