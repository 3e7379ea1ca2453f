"""Saving segments, and keeping their members up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock, text
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.operations import log
from mikomi.core.access.rules import Permission
from mikomi.core.rows import build
from mikomi.customers.models import Membership, Segment
from mikomi.customers.segments.conditions import InvalidSegmentError, compile_conditions, members

CHUNK = 5_000
STALE_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh changed: who came, who left, how many stand in the segment now."""

    added: int
    removed: int
    size: int


@transaction.atomic
def save_segment(
    *, actor: Actor, name: str, conditions: Mapping[str, Any], segment_id: int | None = None
) -> Segment:
    """Add a segment, or change the one of this id. Its members are those of the last `refresh_segment`.

    Raises `InvalidSegmentError`, `Segment.DoesNotExist`.
    """
    actor.require(Permission.SEGMENTS_EDIT)
    clean = text.clean_single_line(name, 201)
    if not 0 < len(clean) <= 200:
        raise InvalidSegmentError([_("Give a name of 1 to 200 characters.")])
    if Segment.objects.filter(name=clean).exclude(pk=segment_id or 0).exists():
        raise InvalidSegmentError([_("Another segment has this name.")])
    compile_conditions(conditions, clock.now())
    if segment_id is not None and _uses(conditions, segment_id):
        raise InvalidSegmentError([_("A segment can't ask for itself.")])
    row = Segment.objects.get(pk=segment_id) if segment_id else Segment()
    row.name, row.conditions, row.refreshed_at = clean, dict(conditions), None
    row.save()
    log("segment.saved", actor=actor, subject_type="segment", subject_id=row.pk)
    return row


@transaction.atomic
def delete_segment(*, actor: Actor, segment_id: int) -> None:
    """Delete a segment; its customers stay. Raises `Segment.DoesNotExist`."""
    actor.require(Permission.SEGMENTS_EDIT)
    Segment.objects.get(pk=segment_id).delete()
    log("segment.deleted", actor=actor, subject_type="segment", subject_id=segment_id)


def refresh_segment(*, actor: Actor, segment_id: int) -> Refreshed:
    """Let those stand in the segment who fulfil its conditions now.

    One query finds them; who came and who left is written in short transactions, so nobody waits.
    Raises `InvalidSegmentError` (a field has gone), `Segment.DoesNotExist`.
    """
    actor.require(Permission.SEGMENTS_EDIT)
    now = clock.now()
    segment = Segment.objects.get(pk=segment_id)
    found = set(members(segment.conditions, now).values_list("id", flat=True))
    standing = set(segment.memberships.values_list("customer_id", flat=True))
    came, left = sorted(found - standing), sorted(standing - found)
    for start in range(0, len(came), CHUNK):
        rows = [
            build(Membership, segment_id=segment_id, customer_id=customer_id, since=now)
            for customer_id in came[start : start + CHUNK]
        ]
        with transaction.atomic():
            bulk.insert(rows, ignore_conflicts=True)
    for start in range(0, len(left), CHUNK):
        segment.memberships.filter(customer_id__in=left[start : start + CHUNK]).delete()
    Segment.objects.filter(pk=segment_id).update(refreshed_at=now)
    return Refreshed(len(came), len(left), len(found))


def refresh_due() -> int:
    """Refresh what was not refreshed within STALE_AFTER; how many. Run by the schedule."""
    before = clock.now() - STALE_AFTER
    stale = Segment.objects.filter(Q(refreshed_at=None) | Q(refreshed_at__lt=before))
    ids = list(stale.order_by("id").values_list("id", flat=True))
    for segment_id in ids:
        refresh_segment(actor=SYSTEM, segment_id=segment_id)
    return len(ids)


def _uses(conditions: Any, segment_id: int) -> bool:
    """Whether the conditions ask for membership in this segment itself."""
    if isinstance(conditions, Mapping):
        if conditions.get("field") == "segment":
            return str(conditions.get("value")) == str(segment_id)
        return any(_uses(part, segment_id) for part in conditions.values())
    return isinstance(conditions, list) and any(_uses(part, segment_id) for part in conditions)
