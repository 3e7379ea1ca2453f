"""Raw arrivals of deleted conversations and erased customers: the bytes go, a tombstone without words stays.

By the tombstone (the hash of the bytes and of the Message-ID) the next poll knows the server's copy again, also
after the folder was renumbered, and leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Q

from mikomi.channels.intake import erased_id
from mikomi.channels.models import Intake
from mikomi.conversations.models import Conversation
from mikomi.conversations.operations.handling import KEPT_DELETED
from mikomi.core import clock
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.customers.models import Identity
from mikomi.outbox.models import OutgoingMessage

ERASED = "erased"
_REPORTS = ("bounce_unknown", "complaint_unknown")
_AT_ONCE = 500
_HEAD_BYTES = 256_000
State = Intake.State


def erase_deleted() -> int:
    """Erase the arrivals of conversations that were deleted long enough ago. How many."""
    long_ago = clock.now() - KEPT_DELETED
    gone = Conversation.objects.filter(deleted_at__lte=long_ago).values("pk")
    rows = Intake.objects.filter(conversation_id__in=gone).exclude(reason=ERASED)
    return erase(list(rows.values_list("pk", flat=True)[:_AT_ONCE]))


def erase_customer(customer_ids: Sequence[int]) -> None:
    """The step of the channels when a customer is erased: every arrival in their conversations, every copy of a message
    to them and report on it, and what came from or went to their addresses and was quarantined or ignored."""
    places = Conversation.objects.filter(customer_id__in=list(customer_ids)).values("pk")
    sent = OutgoingMessage.objects.filter(customer_id__in=list(customer_ids)).values_list("pk", flat=True)
    theirs = Q(conversation_id__in=places) | Q(detail__outgoing_id__in=list(sent))
    living = Intake.objects.exclude(reason=ERASED)
    erase(living.filter(theirs).values_list("pk", flat=True))
    erase(_outside_conversations(customer_ids))


def _outside_conversations(customer_ids: Sequence[int]) -> Iterator[int]:
    """What came from these customers' addresses, or from ours to them, and is in no conversation."""
    known = Identity.objects.filter(customer_id__in=list(customer_ids), kind=Identity.Kind.EMAIL)
    addresses = list(known.values_list("value", flat=True))
    if not addresses:
        return
    rows = Intake.objects.filter(state__in=[State.QUARANTINED, State.IGNORED]).exclude(reason=ERASED)
    theirs = Q(pk__in=[])
    for address in addresses:
        theirs |= Q(detail__from__iexact=address) | Q(detail__to__icontains=f" {address} ")
    yield from rows.filter(theirs).values_list("pk", flat=True)
    # What could not be read has no sender that is known, a machine's report names them inside: the bytes are looked at.
    unread = Q(detail__from="") | Q(detail__from__isnull=True)
    unsaid = Q(state=State.QUARANTINED) & unread | Q(state=State.IGNORED, reason__in=_REPORTS)
    for pk, raw_id in rows.filter(unsaid, raw__isnull=False).values_list("pk", "raw_id"):
        if raw_id is not None and _names(raw_id, addresses):
            yield pk


def _names(raw_id: int, addresses: Sequence[str]) -> bool:
    """Whether one of the addresses stands in the first bytes of a file. A file that is gone names nobody."""
    try:
        with stored.open_file(raw_id) as stream:
            head = stream.read(_HEAD_BYTES).lower()
    except stored.FileMissingError:
        return False
    return any(address.lower().encode() in head for address in addresses)


@transaction.atomic
def erase(intake_ids: Iterable[int]) -> int:
    """Take the bytes and every word out of these arrivals. How many."""
    rows = list(Intake.objects.filter(pk__in=list(intake_ids)).exclude(reason=ERASED))
    raw_ids = [row.raw_id for row in rows if row.raw_id is not None]
    for row in rows:
        row.message_id = erased_id(row.message_id)
        row.raw = None
        row.state, row.reason = Intake.State.IGNORED, ERASED
        row.detail, row.error = {}, ""
    Intake.objects.bulk_update(rows, ["message_id", "raw", "state", "reason", "detail", "error"])
    files.delete_unused(raw_ids)
    return len(rows)
