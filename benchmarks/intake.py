"""How much mail is taken in, and that none is lost or doubled: `python -m benchmarks.intake` prints JSON.

    python -m benchmarks.intake [--messages 10000] [--kills 50] [--answers 2000] [--speed 3000]

Generated mails (benchmarks/mails.py) lie in a folder of a real Dovecot that the benchmark starts.

- `speed`: one worker, warmed up, nothing else: from the first visit to the last mail filed. `per_second` by the clock,
  `per_processor_second` by the processor's time of the worker and its reading process (the server's is not counted).
  `parser`: Python's own `email` (policy default, every part's content) over the same bytes, in one process.
  `share_of_parser`: the first divided by the second, both by the processor; `share_by_clock` likewise.
- `kills`: workers that are killed with -9 at random moments while mail comes in, conversations are answered, answers
  leave by SMTP, and customers answer the answers (one in four) or bounce (one in twenty). Then everything is counted:
  `lost`, `doubled`, `replies_lost`, `replies_astray` (in another conversation), `sent_twice` and `sent_unknown` must
  be 0. `uncertain`: answers whose sender was killed between message and mark; a person decides about them.
- `django_helpdesk`: mails per second of its intake over the same mails, if MIKOMI_TEST_COMPARISON names a Python that
  can import it; else null.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

from benchmarks import mails
from benchmarks.database import in_child, temporary
from benchmarks.mails import Mail
from benchmarks.playbook import in_fork, kill
from tests.servers import PASSWORD, Dovecot, Received, SmtpServer, dovecot, smtp_server

USER = "support@shop.example"
REPLY_EVERY, BOUNCE_EVERY = 4, 20
WARM_UP = 50
GIVE_UP_SECONDS = 1_800


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--answers", type=int, default=2_000, help="How many conversations are answered.")
    parser.add_argument("--speed", type=int, default=3_000, help="Mails of the measurement of speed.")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--part", choices=["speed", "parser", "kills"])
    options = parser.parse_args()
    if options.part:
        print(json.dumps(run_part(options)))
        return
    shared = ["--engine", options.engine, "--messages", str(options.messages), "--kills", str(options.kills)]
    shared += ["--answers", str(options.answers), "--speed", str(options.speed)]
    parts = {
        name: in_child("benchmarks.intake", "--part", name, *shared) for name in ("parser", "speed", "kills")
    }
    print(json.dumps(report(options.engine, parts), indent=2))


def run_part(options: argparse.Namespace) -> dict[str, Any]:
    """One part of the benchmark, in this process."""
    if options.part == "parser":
        return measure_parser(options.speed)
    if options.part == "speed":
        return measure_speed(options.engine, options.speed)
    return measure_kills(options.engine, options.messages, options.kills, options.answers)


def report(engine: str, parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """All figures beside each other."""
    speed, parser = parts["speed"], parts["parser"]
    return {
        "engine": engine,
        "speed": speed
        | {
            "share_of_parser": round(speed["per_processor_second"] / parser["per_processor_second"], 3),
            "share_by_clock": round(speed["per_second"] / parser["per_second"], 3),
        },
        "parser": parser,
        "django_helpdesk": measure_helpdesk(speed["mails"]),
        "kills": parts["kills"],
    }


# Speed


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """When something began, by the clock and by the processor (own and ended children)."""

    clock: float
    processor: float

    @classmethod
    def start(cls) -> Stopwatch:
        return cls(time.perf_counter(), _processor_seconds())

    def figures(self, count: int, size: int) -> dict[str, Any]:
        """What `count` mails of together `size` bytes took since then."""
        seconds, processor = time.perf_counter() - self.clock, _processor_seconds() - self.processor
        return {
            "mails": count,
            "megabytes": round(size / 1e6, 1),
            "seconds": round(seconds, 1),
            "processor_seconds": round(processor, 1),
            "per_second": round(count / seconds, 1),
            "per_processor_second": round(count / processor, 1),
        }


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


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
    return watch.figures(len(raws), sum(map(len, raws))) | {"parts_it_could_not_read": failures}


def measure_speed(engine: Any, count: int) -> dict[str, Any]:
    """One worker's duties in turn until everything is filed, nothing else running."""
    with temporary(engine), dovecot() as server, smtp_server() as smtp:
        generated = list(mails.generate(count + WARM_UP))
        in_fork(lambda: set_up(server, smtp))
        return dict(in_fork(lambda: _take_all_in(server, generated)))


def _take_all_in(server: Dovecot, generated: Sequence[Mail]) -> dict[str, Any]:
    """The first few warm the worker up: it lives for days, and its start is measured elsewhere."""
    from mikomi.channels.models import Intake, Mailbox

    _visit(server, generated[:WARM_UP], 0)
    Mailbox.objects.update(next_poll_at=None)
    generated = generated[WARM_UP:]
    deliver(server, [mail.raw for mail in generated], WARM_UP)
    watch = Stopwatch.start()
    _fetch()
    polled = watch.figures(len(generated), 1)
    _file()
    figures = watch.figures(len(generated), sum(len(mail.raw) for mail in generated))
    left = Intake.objects.filter(state="received").count()
    states = Counter(Intake.objects.values_list("state", flat=True))
    fetching = {
        "fetch_seconds": polled["seconds"],
        "fetch_processor_seconds": polled["processor_seconds"],
    }
    return figures | fetching | {"left": left, "states": dict(states)}


def _visit(server: Dovecot, some: Sequence[Mail], first: int) -> None:
    deliver(server, [mail.raw for mail in some], first)
    _fetch()
    _file()


def _fetch() -> None:
    from mikomi.channels.email import poll

    while poll.poll_due("bench"):
        pass


def _file() -> None:
    from mikomi.channels.processing import process_due

    while process_due("bench"):
        pass


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


def set_up(server: Dovecot, smtp: SmtpServer) -> int:
    """The business and its mailbox; its id."""
    from mikomi.channels.models import Mailbox
    from mikomi.core import clock, secrets
    from mikomi.core.business.models import Business

    Business.objects.create(name="見本商店", set_up_at=clock.now())
    secret = secrets.seal(PASSWORD)
    columns = server.settings(**smtp.settings()) | {"address": USER, "imap_secret": secret}
    return Mailbox.objects.create(**columns).pk


# Kills


@dataclass
class Customers:
    """The people outside: some write back to an answer, some addresses are dead. Runs in a thread of the parent."""

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
                self._bounce(number, answer)
            elif number % REPLY_EVERY == 0:
                self._reply(number, answer)
        self.seen += len(answers)

    def _reply(self, number: int, answer: Received) -> None:
        marker, original = f"reply{number:06d}x", _id_of(answer)
        self.replies[marker] = original
        raw = mails.reply_to(original, answer.recipients[0], f"reply-{number}@mx.customer.example", marker)
        deliver(self.server, [raw], 10_000_000 + number)

    def _bounce(self, number: int, answer: Received) -> None:
        marker, original = f"bounce{number:06d}x", _id_of(answer)
        self.bounces[marker] = original
        name = f"bounce-{number}@mx.customer.example"
        deliver(
            self.server,
            [mails.bounce_of(original, answer.recipients[0], name, marker)],
            10_000_000 + number,
        )


def _id_of(answer: Received) -> str:
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


def measure_kills(engine: Any, count: int, kills: int, answers: int) -> dict[str, Any]:
    """Workers are killed while mail comes in and answers leave; then everything is counted."""
    generated = list(mails.generate(count))
    with temporary(engine), dovecot() as server, smtp_server() as smtp:
        deliver(server, [mail.raw for mail in generated])
        in_fork(lambda: set_up(server, smtp))
        began = time.perf_counter()
        with customers_outside(server, smtp) as people:
            killed = kill_at_work(kills, answers, count)
            finish(answers, people)
        seconds = time.perf_counter() - began
        found = in_fork(lambda: examine(people.replies))
    counted = count_up(generated, people, smtp.messages, found)
    return {"mails": count, "kills": killed, "seconds": round(seconds, 1), **counted}


def fork_worker(answers: int) -> int:
    """A worker with all its lanes, quick to notice the dead, and an agent at work in it; the caller ends it."""
    from django.db import connections

    from mikomi.channels.email import poll
    from mikomi.core.work import registry, worker

    pid = os.fork()
    if pid == 0:
        for link in connections.all():
            link.connection = None  # the parent's, not to be closed here
        poll.EVERY = timedelta(seconds=1)
        registry.duty("benchmark.answer", timedelta(seconds=0.2), "quick", lambda _me: answer_some(answers))
        try:
            worker.run(timing=worker.Timing(beat=0.3, dead_after=1.5, sweep=0.5))
        finally:
            os._exit(0)
    return pid


def answer_some(most: int) -> int:
    """What an agent does: answer the oldest who wait, each conversation once, `most` of all."""
    from mikomi.conversations import operations as desk
    from mikomi.conversations.models import Conversation
    from mikomi.core.access.actor import SYSTEM
    from mikomi.outbox.models import OutgoingMessage

    left = most - OutgoingMessage.objects.count()
    waiting = Conversation.objects.filter(first_answered_at=None, waiting_since__isnull=False).order_by("id")
    rows = list(waiting[: max(0, min(20, left))])
    for row in rows:
        desk.answer(actor=SYSTEM, conversation_id=row.pk, text="thank you", once_key=f"answer:{row.pk}")
    return len(rows)


def kill_at_work(kills: int, answers: int, mails_sent: int) -> int:
    """Let a worker work for a random while, kill it, start the next. How many died while work was left."""
    chance = random.Random(7)
    done = 0
    while done < kills:
        pid = fork_worker(answers)
        time.sleep(chance.uniform(0.3, 4.0))
        kill(pid)
        if not in_fork(lambda: work_left(mails_sent, answers)):
            break
        done += 1
    return done


def work_left(mails_sent: int, answers: int) -> bool:
    """Whether something is still to be fetched, read, answered or sent."""
    from mikomi.channels.models import Intake, ServerCopy
    from mikomi.outbox.models import OutgoingMessage

    return bool(
        ServerCopy.objects.count() < mails_sent
        or Intake.objects.filter(state="received").exists()
        or OutgoingMessage.objects.count() < answers
        or OutgoingMessage.objects.filter(state__in=["waiting", "sending"]).exists()
    )


def finish(answers: int, people: Customers) -> None:
    """Let the last worker work until nothing is left, also of what customers sent meanwhile."""
    pid = fork_worker(answers)
    until = time.monotonic() + GIVE_UP_SECONDS
    quiet = 0
    while quiet < 3 and time.monotonic() < until:
        time.sleep(2)
        on_server = _on_server(people.server)
        quiet = 0 if in_fork(lambda: work_left(on_server, answers)) else quiet + 1  # noqa: B023 - called at once
    kill(pid)


def _on_server(server: Dovecot) -> int:
    home = server.folder / "mail" / server.user / "Maildir"
    return sum(1 for folder in ("new", "cur") for _file in (home / folder).iterdir())


def examine(replies: dict[str, str]) -> dict[str, Any]:
    """What the database holds at the end."""
    import re

    from mikomi.channels.models import Intake, ServerCopy
    from mikomi.conversations.models import Message
    from mikomi.outbox.models import OutgoingMessage

    pattern = re.compile(r"\b(?:mark|reply|bounce)\d{6}x")
    own = dict(
        Message.objects.filter(outgoing__isnull=False).values_list("outgoing__message_id", "conversation_id")
    )
    texts = [
        (match[0], conversation_id)
        for text, conversation_id in Message.objects.filter(direction="in").values_list(
            "text", "conversation_id"
        )
        if (match := pattern.search(text))
    ]
    place = dict(texts)
    return {
        "markers": [marker for marker, _conversation in texts],
        "astray": sum(
            1 for marker, sent in replies.items() if marker in place and place[marker] != own.get(sent)
        ),
        "intakes": list(Intake.objects.values_list("message_id", "state")),
        "copies": ServerCopy.objects.exclude(intake=None).count(),
        "outgoing": list(OutgoingMessage.objects.values_list("message_id", "state")),
    }


def count_up(
    generated: Sequence[Mail], people: Customers, left: Sequence[Received], found: dict[str, Any]
) -> dict[str, Any]:
    """Hold what was sent to us and by us against what is there."""
    wanted = {mail.marker for mail in generated if mail.kind not in ("bounce", "copy")}
    wanted |= people.bounces.keys()
    markers = Counter(found["markers"])
    arrived = Counter(message_id for message_id, _state in found["intakes"])
    ids = {mail.message_id for mail in generated}
    sent = Counter(_id_of(answer) for answer in left)
    states = dict(found["outgoing"])
    return {
        "states": dict(Counter(state for _id, state in found["intakes"])),
        "on_server": len(generated) + len(people.replies) + len(people.bounces),
        "accounted_for": found["copies"],
        "lost": len(wanted - markers.keys()) + len(ids - arrived.keys()),
        "doubled": sum(n - 1 for n in markers.values()) + sum(n - 1 for n in arrived.values()),
        "replies": len(people.replies),
        "replies_lost": len(people.replies.keys() - markers.keys()),
        "replies_astray": found["astray"],
        "bounces_of_ours": len(people.bounces),
        "answers": len(found["outgoing"]),
        "answers_sent": len(sent),
        "answer_states": dict(Counter(states.values())),
        "sent_twice": sum(n - 1 for n in sent.values()),
        "sent_unknown": len(sent.keys() - states.keys()),
        "marked_sent_but_not_sent": sum(
            1 for message_id, state in states.items() if state == "sent" and message_id not in sent
        ),
    }


# Beside another


def measure_helpdesk(count: int) -> dict[str, Any] | None:
    """django-helpdesk's intake over the same mails, in a Python that has it (MIKOMI_TEST_COMPARISON); else none."""
    python = os.environ.get("MIKOMI_TEST_COMPARISON", "")
    can = python and subprocess.run([python, "-c", "import helpdesk"], check=False, capture_output=True)
    if not can or can.returncode:
        return None
    script = Path(__file__).with_name("beside_helpdesk.py")
    done = subprocess.run([python, str(script), str(count)], check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
