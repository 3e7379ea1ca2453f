"""Outbox rows become mails: addressed first, marked as begun, then handed over; never twice by itself."""

from __future__ import annotations

import smtplib
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from itertools import groupby

from mikomi.channels.email import smtp
from mikomi.channels.email.composed import compose_outgoing
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.email.senders import identity_for
from mikomi.channels.models import Mailbox
from mikomi.core import clock
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage

CHANNEL = "email"
AT_ONCE = 20
PER_DOMAIN_AND_MINUTE = 60
"""So many mails of one worker to one domain within a minute; the next wait. Providers punish floods."""
AUTOMATIC_PER_ADDRESS_AND_HOUR = 10
"""What no person wrote goes to one address so often within an hour: two machines that answer each other stop."""
ANSWERS = (OutgoingMessage.Purpose.ANSWER, OutgoingMessage.Purpose.STAFF)
_HOUR = timedelta(hours=1)


class Throttle:
    """Moments of the last minute by domain, in this process."""

    def __init__(self, most: int = PER_DOMAIN_AND_MINUTE) -> None:
        self._most = most
        self._moments: dict[str, deque[float]] = defaultdict(deque)

    def allows(self, address: str) -> bool:
        """Whether one more may go to this address's domain now; counts it if so."""
        moments = self._moments[address.rpartition("@")[2].lower()]
        now = clock.monotonic()
        while moments and moments[0] < now - 60:
            moments.popleft()
        if len(moments) >= self._most:
            return False
        moments.append(now)
        return True


_throttle = Throttle()


def deliver_due(worker: str) -> int:
    """Send what is due, by one connection per mailbox. How many messages came to an end or to a decision."""
    rows = outbox.claim_due(worker=worker, channel=CHANNEL, limit=AT_ONCE)
    senders = [(_mailbox_of(row), row) for row in rows]
    senders.sort(key=lambda pair: pair[0].pk if pair[0] else 0)
    for mailbox, group in groupby(senders, key=lambda pair: pair[0]):
        mine = [row for _mailbox, row in group]
        if mailbox is None:
            for row in mine:
                outbox.mark_failed(row.pk, "no_sender", "No mailbox can send.", retry=True)
        else:
            _deliver(worker, mailbox, mine)
    return len(rows)


def _mailbox_of(row: OutgoingMessage) -> Mailbox | None:
    identity = identity_for(row.sender_key)
    return identity.mailbox if identity else None


def _deliver(worker: str, mailbox: Mailbox, rows: Sequence[OutgoingMessage]) -> None:
    """Send these by one mailbox. A mailbox that can't be used delays its messages, it does not fail them."""
    connection = _Connection(mailbox)
    problem: MailProblem | None = None
    for row in rows:
        if problem is None and not _may_go_now(row):
            outbox.mark_failed(row.pk, "throttled", "", retry=True)
            continue
        try:
            if problem is not None:
                raise problem
            _send(worker, mailbox, connection, row)
        except MailProblem as trouble:
            # It has not left. What the connection said of one message it says of the next as well.
            outbox.mark_failed(row.pk, trouble.code, str(trouble), retry=True)
            problem = trouble
    connection.close()
    note_sending(mailbox, problem)


class _Connection:
    """One connection, opened when first needed and again after it was given up."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._stack = ExitStack()
        self._client: smtplib.SMTP | None = None

    def client(self) -> smtplib.SMTP:
        """The open connection. Raises `MailProblem`."""
        if self._client is None:
            self._client = self._stack.enter_context(smtp.connected(self._mailbox))
        return self._client

    def close(self) -> None:
        """End it, politely where that still works."""
        self._stack.close()
        self._client = None


def _may_go_now(row: OutgoingMessage) -> bool:
    if row.purpose in ANSWERS:
        return _throttle.allows(row.to_address)
    sent = OutgoingMessage.objects.filter(to_address__iexact=row.to_address, sent_at__gt=clock.now() - _HOUR)
    automatic = sent.exclude(purpose__in=ANSWERS).count()
    return automatic < AUTOMATIC_PER_ADDRESS_AND_HOUR and _throttle.allows(row.to_address)


def _send(worker: str, mailbox: Mailbox, connection: _Connection, row: OutgoingMessage) -> None:
    """One message. Raises `MailProblem` when the mailbox can't be used now; the message has not left then."""
    try:
        mail = compose_outgoing(row, mailbox)
    except ValueError as error:
        outbox.mark_failed(row.pk, "not_composable", str(error), retry=False)
        return
    client = connection.client()
    try:
        smtp.address_parties(client, mailbox.address, row.to_address)
    except smtp.RefusedError as refusal:
        outbox.begin_attempt(outgoing_id=row.pk, worker=worker)
        outbox.mark_failed(row.pk, refusal.reason, str(refusal), retry=refusal.again)
        return
    if not outbox.begin_attempt(outgoing_id=row.pk, worker=worker, message_id=mail.message_id):
        return
    try:
        smtp.announce(client)
        smtp.hand_over(client, mail.data)
    except smtp.RefusedError as refusal:
        outbox.mark_failed(row.pk, refusal.reason, str(refusal), retry=refusal.again)
    except smtp.NoAnswerError as silence:
        outbox.mark_uncertain(row.pk, str(silence))
        connection.close()
    else:
        outbox.mark_sent(row.pk, mail.message_id)


def note_sending(mailbox: Mailbox, problem: MailProblem | None) -> None:
    """Keep with the mailbox whether it can send, for its page and the doctor."""
    since = (mailbox.send_failing_since or clock.now()) if problem else None
    text = str(problem) if problem else ""
    if (text, since) != (mailbox.send_error, mailbox.send_failing_since):
        Mailbox.objects.filter(pk=mailbox.pk).update(send_error=text, send_failing_since=since)
