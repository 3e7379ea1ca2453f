"""How fast: one worker's duties in turn until everything is filed, and Python's own parser over the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from email.parser import BytesParser
from email.policy import default as default_policy
from typing import Any

from benchmarks import mails, stopwatch
from benchmarks.database import temporary
from benchmarks.intake.server import deliver, set_up
from benchmarks.playbook import in_fork
from benchmarks.stopwatch import Spent
from tests.servers import Dovecot, dovecot, smtp_server

WARM_UP = 50


class Parser:
    """Python's own: the tree of each mail, and the content of each part."""

    def __init__(self, raws: Sequence[bytes]) -> None:
        self._raws = raws
        self.read_count = self.failures = 0
        self.spent = Spent()

    def read(self, count: int) -> None:
        """Read the next ones."""
        began = stopwatch.now()
        for raw in self._raws[self.read_count : self.read_count + count]:
            self._read(raw)
        self.read_count = min(self.read_count + count, len(self._raws))
        self.spent += stopwatch.now() - began

    def _read(self, raw: bytes) -> None:
        for part in BytesParser(policy=default_policy).parsebytes(raw).walk():
            if not part.is_multipart():
                try:
                    part.get_content()
                except (LookupError, KeyError, ValueError):
                    self.failures += 1

    def figures(self) -> dict[str, Any]:
        """What that took."""
        return self.spent.figures(self.read_count) | {"parts_it_could_not_read": self.failures}


def measure_parser(count: int) -> dict[str, Any]:
    """Python's parser alone."""
    parser = Parser([mail.raw for mail in mails.generate(count)])
    parser.read(count)
    return parser.figures()


def measure_speed(engine: Any, count: int) -> dict[str, Any]:
    """Both in one process, in turns, nothing else of ours running."""
    with temporary(engine), dovecot() as server, smtp_server() as smtp:
        raws = [mail.raw for mail in mails.generate(count + WARM_UP)]
        in_fork(lambda: set_up(server, smtp))
        return dict(in_fork(lambda: _take_all_in(server, raws)))


def _take_all_in(server: Dovecot, raws: Sequence[bytes]) -> dict[str, Any]:
    """The first few warm the worker up: it lives for days, and its start is measured elsewhere."""
    from mikomi.channels.models import Intake, Mailbox

    deliver(server, raws[:WARM_UP])
    _fetch()
    _file(Parser([]))
    Mailbox.objects.update(next_poll_at=None)
    measured = raws[WARM_UP:]
    deliver(server, measured, WARM_UP)
    parser, began = Parser(measured), stopwatch.now()
    _fetch()
    fetched = stopwatch.now() - began
    _file(parser)
    ours = stopwatch.now() - began - parser.spent
    parser.read(len(measured))
    return {
        **ours.figures(len(measured)),
        "share_of_parser": round(parser.spent.processor / ours.processor, 3),
        "share_by_clock": round(parser.spent.clock / ours.clock, 3),
        "megabytes": round(sum(map(len, measured)) / 1e6, 1),
        "fetch_seconds": round(fetched.clock, 1),
        "fetch_processor_seconds": round(fetched.processor, 1),
        "left": Intake.objects.filter(state="received").count(),
        "states": dict(Counter(Intake.objects.values_list("state", flat=True))),
        "parser": parser.figures(),
    }


def _fetch() -> None:
    from mikomi.channels.email import poll

    while poll.poll_due("bench"):
        pass


def _file(parser: Parser) -> None:
    """The reading process ends with the last mail, so that its time is counted."""
    from mikomi.channels.processing import process_due

    while done := process_due("bench"):
        parser.read(done)
