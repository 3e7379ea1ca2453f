"""How fast: one worker's duties in turn until everything is filed, and Python's own parser over the same bytes."""

from __future__ import annotations

from collections import Counter
from email.parser import BytesParser
from email.policy import default as default_policy
from typing import Any

from benchmarks import mails
from benchmarks.database import temporary
from benchmarks.intake.server import deliver, set_up
from benchmarks.playbook import in_fork
from benchmarks.stopwatch import Stopwatch, megabytes
from tests.servers import Dovecot, dovecot, smtp_server

WARM_UP = 50


def measure_parser(count: int) -> dict[str, Any]:
    """Python's own parser over the same bytes: the tree, and the content of each part."""
    raws = [mail.raw for mail in mails.generate(count)]
    watch = Stopwatch.start()
    failures = 0
    for raw in raws:
        for part in BytesParser(policy=default_policy).parsebytes(raw).walk():
            if not part.is_multipart():
                try:
                    part.get_content()
                except (LookupError, KeyError, ValueError):
                    failures += 1
    return watch.figures(len(raws)) | megabytes(raws) | {"parts_it_could_not_read": failures}


def measure_speed(engine: Any, count: int) -> dict[str, Any]:
    """One worker's duties in turn until everything is filed, nothing else running."""
    with temporary(engine), dovecot() as server, smtp_server() as smtp:
        raws = [mail.raw for mail in mails.generate(count + WARM_UP)]
        in_fork(lambda: set_up(server, smtp))
        return dict(in_fork(lambda: _take_all_in(server, raws)))


def _take_all_in(server: Dovecot, raws: list[bytes]) -> dict[str, Any]:
    """The first few warm the worker up: it lives for days, and its start is measured elsewhere."""
    from mikomi.channels.models import Intake, Mailbox

    deliver(server, raws[:WARM_UP])
    _fetch()
    _file()
    Mailbox.objects.update(next_poll_at=None)
    deliver(server, raws[WARM_UP:], WARM_UP)
    count, watch = len(raws) - WARM_UP, Stopwatch.start()
    _fetch()
    fetched = watch.figures(count)
    _file()
    return (
        watch.figures(count)
        | megabytes(raws[WARM_UP:])
        | {
            "fetch_seconds": fetched["seconds"],
            "fetch_processor_seconds": fetched["processor_seconds"],
            "left": Intake.objects.filter(state="received").count(),
            "states": dict(Counter(Intake.objects.values_list("state", flat=True))),
        }
    )


def _fetch() -> None:
    from mikomi.channels.email import poll

    while poll.poll_due("bench"):
        pass


def _file() -> None:
    from mikomi.channels.processing import process_due

    while process_due("bench"):
        pass
