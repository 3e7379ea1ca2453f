"""Listening to mailboxes (IMAP IDLE, RFC 2177): the server says that there is news, and the mailbox is visited at once.

A listener reads nothing and moves no cursor: it only makes the next visit due, so that there is one way in. One
thread for each folder, in one worker for each mailbox; a folder that is silent, slow or broken holds up no other, and
visits go on without it. Where the server offers no IDLE the mailbox is polled.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connections

from mikomi.channels.email import imap, poll
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox
from mikomi.core import clock

RENEW_SECONDS = 9 * 60.0
"""An IDLE is begun anew so often: servers end one after half an hour, routers forget a silent line after ten."""
LOOK_SECONDS = 5.0
"""How often the supervisor compares the mailboxes with its threads."""
FOLDERS_LISTENED_TO = 5
"""So many folders of a mailbox; providers limit connections. The others are polled."""
_logger = logging.getLogger(__name__)

Key = tuple[int, str]
_COLUMNS = (
    "imap_host", "imap_port", "imap_security", "imap_user", "imap_secret", "sign_in", "protocol", "is_active"
)  # fmt: skip


@dataclass(slots=True)
class Ear:
    """One folder of one mailbox, listened to until it is told to stop.

    `heard` is called when there is news, `listens` when it begins to listen and when it ends.
    """

    mailbox: Mailbox
    folder: str
    heard: Callable[[int], None]
    listens: Callable[[int, bool], None]
    stop: threading.Event = field(default_factory=threading.Event)
    offered: bool = True
    failures: int = 0

    def run(self) -> None:
        """Listen; after a failure wait longer each time. Ends when told to, or where the server offers no IDLE."""
        while not self.stop.is_set() and self.offered:
            try:
                self._listen()
            except MailProblem as problem:
                self.failures += 1
                facts = {"mailbox": self.mailbox.pk, "folder": self.folder, "problem": problem.code}
                _logger.info("listening ended", extra=facts)
            except Exception:
                self.failures += 1
                _logger.exception("listening failed", extra={"mailbox": self.mailbox.pk})
            finally:
                self.listens(self.mailbox.pk, False)
            if self.offered:
                self.stop.wait(poll.pause_after(self.failures).total_seconds())

    def _listen(self) -> None:
        with imap.connected(self.mailbox) as session:
            self.offered = session.can_idle
            if not self.offered:
                return
            session.examine(self.folder)
            # What came while nobody listened.
            self.heard(self.mailbox.pk)
            while not self.stop.is_set():
                self.listens(self.mailbox.pk, True)
                if session.idle(self.stop, RENEW_SECONDS):
                    self.heard(self.mailbox.pk)
                self.failures = 0


@dataclass(slots=True)
class Listener:
    """The threads of one worker, one for each folder that it listens to."""

    worker: str
    ears: dict[Key, tuple[Ear, threading.Thread, tuple[object, ...]]] = field(default_factory=dict)

    def compare(self) -> None:
        """Start what is missing, stop what is no longer wanted or was changed."""
        wanted = {
            (box.pk, folder): (box, tuple(getattr(box, name) for name in _COLUMNS))
            for box in _mine(self.worker)
            for folder in (box.folders or [poll.INBOX])[:FOLDERS_LISTENED_TO]
        }
        for key, (ear, _thread, settings) in list(self.ears.items()):
            if key not in wanted or wanted[key][1] != settings:
                ear.stop.set()
                del self.ears[key]
        for key, (box, settings) in wanted.items():
            if key not in self.ears:
                self._start(key, box, settings)

    def _start(self, key: Key, box: Mailbox, settings: tuple[object, ...]) -> None:
        is_first = key[1] == (box.folders or [poll.INBOX])[0]
        ear = Ear(box, key[1], _heard, self._listens if is_first else _nothing)
        thread = threading.Thread(target=ear.run, name=f"listen {key[0]} {key[1]}", daemon=True)
        self.ears[key] = (ear, thread, settings)
        thread.start()

    def _listens(self, mailbox_id: int, does: bool) -> None:
        since = clock.now() if does else None
        mine = Mailbox.objects.filter(pk=mailbox_id, listener=self.worker, listening_since__isnull=does)
        _write(lambda: mine.update(listening_since=since))

    def close(self, seconds: float = 5.0) -> None:
        """Tell every thread to stop and wait a little; then let go of the mailboxes."""
        for ear, _thread, _settings in self.ears.values():
            ear.stop.set()
        until = clock.monotonic() + seconds
        for _ear, thread, _settings in self.ears.values():
            thread.join(max(0.0, until - clock.monotonic()))
        free_listeners([self.worker])


def serve(worker: str, stop: threading.Event) -> None:
    """Listen to the mailboxes of this worker until `stop` is set."""
    listener = Listener(worker)
    try:
        while not stop.is_set():
            listener.compare()
            stop.wait(LOOK_SECONDS)
    finally:
        listener.close()


def _mine(worker: str) -> list[Mailbox]:
    """The mailboxes that this worker listens to: those that nobody else has taken and that can be visited."""
    boxes = Mailbox.objects.filter(is_active=True, protocol=Mailbox.Protocol.IMAP).exclude(imap_host="")
    if boxes.filter(listener="").exists():
        boxes.filter(listener="").update(listener=worker)
    return list(boxes.filter(listener=worker, poll_failures=0).order_by("pk"))


def free_listeners(workers: Sequence[str]) -> int:
    """Let go of the mailboxes that workers listened to who have ended."""
    theirs = Mailbox.objects.filter(listener__in=list(workers))
    return theirs.update(listener="", listening_since=None)


def _heard(mailbox_id: int) -> None:
    _write(lambda: poll.visit_soon(Mailbox.objects.filter(pk=mailbox_id, is_active=True)))


def _nothing(mailbox_id: int, does: bool) -> None:
    """Only the first folder says whether the mailbox is listened to."""


def _write(update: Callable[[], int]) -> None:
    """One update on a connection that is closed again: a thread that waits for hours keeps none."""
    try:
        update()
    finally:
        connections.close_all()
