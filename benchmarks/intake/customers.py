"""The people outside: some write back to an answer, some addresses are dead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks import mails
from benchmarks.intake.server import deliver
from tests.servers import Dovecot, Received, SmtpServer

REPLY_EVERY, BOUNCE_EVERY = 4, 20
_FIRST_NUMBER = 10_000_000
"""Their mails are numbered above those that were there before."""


@dataclass
class Customers:
    """Runs in a thread of the parent."""

    server: Dovecot
    smtp: SmtpServer
    seen: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    """Marker of a reply → Message-ID of the answer that it replies to."""
    bounces: dict[str, str] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """React to each answer once, until asked to stop."""
        while not stop.wait(0.1):
            self.react()

    def react(self) -> None:
        """Look at what has arrived since the last time."""
        answers = self.smtp.messages[self.seen :]
        for number, answer in enumerate(answers, self.seen):
            if number % BOUNCE_EVERY == 3:
                self._send("bounce", number, answer)
            elif number % REPLY_EVERY == 0:
                self._send("reply", number, answer)
        self.seen += len(answers)

    def _send(self, kind: str, number: int, answer: Received) -> None:
        marker, original = f"{kind}{number:06d}x", id_of(answer)
        sent, write = (self.replies, mails.reply_to) if kind == "reply" else (self.bounces, mails.bounce_of)
        sent[marker] = original
        name = f"{kind}-{number}@mx.customer.example"
        deliver(self.server, [write(original, answer.recipients[0], name, marker)], _FIRST_NUMBER + number)


def id_of(answer: Received) -> str:
    """Its Message-ID, without brackets."""
    return str(answer.mail["Message-ID"]).strip("<> \r\n")


@contextmanager
def customers_outside(server: Dovecot, smtp: SmtpServer) -> Iterator[Customers]:
    """People who react while the block runs."""
    people, stop = Customers(server, smtp), threading.Event()
    thread = threading.Thread(target=people.run, args=(stop,))
    thread.start()
    try:
        yield people
    finally:
        stop.set()
        thread.join()
        people.react()
