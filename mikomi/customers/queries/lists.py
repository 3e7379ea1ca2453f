"""The list of customers, and what stands beside it: tags, segments, proposals."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page, keyset
from mikomi.core.search import queries as search
from mikomi.customers.indexing import KIND
from mikomi.customers.models import Customer, DuplicateProposal, Identity, Membership, Segment, Tag

PAGE = 50


def living() -> QuerySet[Customer]:
    """Customers who are neither merged into another nor erased."""
    return Customer.objects.filter(merged_into=None, erased_at=None)


def customers(
    *,
    actor: Actor,
    cursor: str | None = None,
    text: str = "",
    segment_id: int | None = None,
    tag: str = "",
    size: int = PAGE,
) -> Page[Customer]:
    """Customers, the latest changed first, with company, standing, tags and identities: four queries at most.

    `text` finds by name, reading, number, address and id: the latest thousand finds. Raises `InvalidCursorError`.
    """
    actor.require(Permission.CUSTOMERS_VIEW)
    rows = living()
    if text.strip():
        rows = rows.filter(pk__in=search.ids(actor=actor, text=text, kind=KIND))
    if segment_id is not None:
        members = Membership.objects.filter(segment_id=segment_id, customer=OuterRef("pk"))
        rows = rows.filter(Exists(members))
    if tag:
        rows = rows.filter(has_tag(tag))
    rows = rows.select_related("company", "standing").prefetch_related(
        "tags", Prefetch("identities", Identity.objects.order_by("-is_primary", "id"))
    )
    return keyset(rows, ["-updated_at", "-id"], cursor, size)


def has_tag(name: str) -> Q:
    """The condition that a living customer, or a record merged into them, has the tag."""
    through = Customer.tags.through.objects.filter(tag__name=name)
    own = through.filter(customer_id=OuterRef("pk"))
    merged = through.filter(customer__merged_into=OuterRef("pk"))
    return Q(Exists(own)) | Q(Exists(merged))


def tags(*, actor: Actor) -> QuerySet[Tag]:
    """Every tag, by name."""
    actor.require(Permission.CUSTOMERS_VIEW)
    return Tag.objects.order_by("name")


def segments(*, actor: Actor) -> QuerySet[Segment]:
    """Every segment, by name."""
    actor.require(Permission.CUSTOMERS_VIEW)
    return Segment.objects.order_by("name", "id")


def segments_counted(*, actor: Actor) -> list[tuple[Segment, int]]:
    """Every segment by name, with how many customers stand in it; one query."""
    rows = segments(actor=actor).annotate(standing=Count("memberships"))
    return [(row, row.standing) for row in rows]


def segment(*, actor: Actor, segment_id: int) -> Segment:
    """One segment. Raises `Segment.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_VIEW)
    return Segment.objects.get(pk=segment_id)


def segments_of(*, actor: Actor, customer_id: int) -> QuerySet[Segment]:
    """The segments in which a customer stands."""
    actor.require(Permission.CUSTOMERS_VIEW)
    return Segment.objects.filter(memberships__customer_id=customer_id).order_by("name", "id")


def proposals(*, actor: Actor, cursor: str | None = None, size: int = PAGE) -> Page[DuplicateProposal]:
    """Pairs that may be one person and wait for a decision, the newest first."""
    actor.require(Permission.CUSTOMERS_VIEW)
    rows = DuplicateProposal.objects.filter(state=DuplicateProposal.State.OPEN)
    rows = rows.filter(first__erased_at=None, second__erased_at=None)
    return keyset(rows.select_related("first", "second"), ["-found_at", "-id"], cursor, size)
