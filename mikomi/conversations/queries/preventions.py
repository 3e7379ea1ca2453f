"""What is being changed so that broken promises don't break again; and whether they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mikomi.conversations.models import RecoveryCase
from mikomi.conversations.queries.visibility import visible_cases
from mikomi.core.access.actor import Actor
from mikomi.core.kept import kept
from mikomi.core.paging import Page, keyset

STATES = ("open", "overdue", "done")


@dataclass(frozen=True, slots=True)
class Prevention:
    """One change. `came_back`: cases of the same cause and kind of promise opened since it was done (none before)."""

    case: RecoveryCase
    came_back: int | None


class UnknownStateError(ValueError):
    """There is no such list of preventions."""


def preventions(
    *, actor: Actor, today: date, state: str = "open", cursor: str | None = None, size: int = 50
) -> Page[Prevention]:
    """The changes of a state (open: also what is overdue), the oldest case first; two queries. `today` in the
    business's zone. Raises `UnknownStateError`."""
    rows = _in_state(visible_cases(actor).exclude(prevention=""), state, today)
    page = keyset(rows.select_related("customer", "promise"), ("opened_at", "id"), cursor, size)
    again = _came_back([row.pk for row in page.items])
    return page.map(lambda row: Prevention(row, again.get(row.pk, 0) if row.prevention_done_at else None))


@kept("until")
def due_preventions(*, actor: Actor, until: date, size: int = 20) -> QuerySet[RecoveryCase]:
    """The changes that this person has promised and that are due until then, the soonest first: for Today."""
    rows = visible_cases(actor).exclude(prevention="").filter(prevention_done_at=None)
    mine = rows.filter(
        prevention_owner_id=actor.user_id, prevention_due__isnull=False, prevention_due__lte=until
    )
    return mine.order_by("prevention_due", "id")[:size]


def _in_state(rows: QuerySet[RecoveryCase], state: str, today: date) -> QuerySet[RecoveryCase]:
    if state not in STATES:
        raise UnknownStateError(state)
    if state == "done":
        return rows.filter(prevention_done_at__isnull=False)
    rows = rows.filter(prevention_done_at=None)
    return rows.filter(prevention_due__lt=today) if state == "overdue" else rows


def _came_back(case_ids: list[int]) -> dict[int, int]:
    """For each case how many of the same cause and kind were opened after its prevention was done."""
    later = (
        RecoveryCase.objects.filter(
            cause=OuterRef("cause"),
            promise__kind=OuterRef("promise__kind"),
            opened_at__gt=OuterRef("prevention_done_at"),
        )
        .order_by()
        .values("cause")
        .annotate(count=Count("id"))
        .values("count")
    )
    rows = RecoveryCase.objects.filter(pk__in=case_ids).annotate(again=Coalesce(Subquery(later), 0))
    return dict(rows.exclude(cause="").values_list("pk", F("again")))
