"""The registry as a surface shows it: facts with what counts now, and the story of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import zone
from mikomi.core.paging import Page, keyset
from mikomi.facts.models import Contradiction, Fact, FactVersion
from mikomi.facts.rules import versions
from mikomi.facts.rules.saying import say
from mikomi.facts.rules.values import Value, from_json

PAGE = 50
VIEWS = ("all", "contradicted", "expired", "review", "fed", "archived")


class UnknownViewError(ValueError):
    """There is no such view of the facts; the names are in VIEWS."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact, the version that counts now (none: expired or not yet), what comes next, the places against it."""

    fact: Fact
    version: FactVersion | None
    coming: FactVersion | None
    state: str
    open_contradictions: int

    @property
    def value(self) -> Value | None:
        """What it says now."""
        return from_json(self.version.value) if self.version else None

    def said(self, language: str) -> str:
        """What it says now, in a language; empty where nothing counts."""
        if self.version is None:
            return ""
        return say(from_json(self.version.value), language, kind=self.fact.kind, wording=self.version.wording)


@dataclass(frozen=True, slots=True)
class FactStory:
    """One fact, its versions (the newest first), its open contradictions (the worst first), names of the staff."""

    row: FactRow
    versions: list[FactVersion]
    contradictions: list[Contradiction]
    names: dict[int, str]


def facts(
    *,
    actor: Actor,
    view: str = "all",
    kind: str = "",
    text: str = "",
    owner_id: int | None = None,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page[FactRow]:
    """Facts by their key; `text` finds in key, label and code. Raises `UnknownViewError`, `InvalidCursorError`."""
    actor.require(Permission.FACTS_VIEW)
    rows = _view(view)
    if kind:
        rows = rows.filter(kind=kind)
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    if words := text.strip():
        rows = rows.filter(
            Q(key__icontains=words) | Q(label__icontains=words) | Q(product_code__icontains=words)
        )
    page = keyset(_full(rows), ("key", "id"), cursor, size)
    return page.map(row_of)


def _view(view: str) -> QuerySet[Fact]:
    if view not in VIEWS:
        raise UnknownViewError(view)
    if view == "archived":
        return Fact.objects.exclude(archived_at=None)
    rows = Fact.objects.filter(archived_at=None)
    if view == "contradicted":
        open_ones = Contradiction.objects.filter(state=Contradiction.State.OPEN, fact__isnull=False)
        return rows.filter(pk__in=open_ones.values("fact_id"))
    if view == "expired":
        return _expired(rows)
    if view == "review":
        return rows.filter(review_on__lte=localdate(clock.now(), zone()))
    return rows.exclude(feed="") if view == "fed" else rows


def _expired(rows: QuerySet[Fact]) -> QuerySet[Fact]:
    """As `rules.versions.current` decides, in the database."""
    now = clock.now()
    begun = FactVersion.objects.filter(Q(valid_from=None) | Q(valid_from__lte=now), fact=OuterRef("pk"))
    newest = Subquery(begun.order_by("-number").values("valid_until")[:1])
    return rows.annotate(ends=newest).filter(ends__lte=now)


def _full(rows: QuerySet[Fact]) -> QuerySet[Fact]:
    is_open = Q(contradictions__state=Contradiction.State.OPEN)
    return (
        rows.select_related("owner", "brand", "store")
        .prefetch_related(Prefetch("versions", FactVersion.objects.order_by("number")))
        .annotate(open_contradictions=Count("contradictions", filter=is_open))
    )


def row_of(fact: Fact) -> FactRow:
    """A fact read by `_full` with what counts now."""
    now = clock.now()
    all_versions = list(fact.versions.all())
    version, state = versions.current(all_versions, now)
    if fact.archived_at is not None:
        version, state = None, versions.ARCHIVED
    coming = versions.coming(all_versions, now)
    return FactRow(fact, version, coming, state, getattr(fact, "open_contradictions", 0))


def fact(*, actor: Actor, fact_id: int) -> FactStory:
    """One fact with all that was ever said of it. Raises `Fact.DoesNotExist`."""
    actor.require(Permission.FACTS_VIEW)
    found = _full(Fact.objects.all()).get(pk=fact_id)
    history = sorted(found.versions.all(), key=lambda one: -one.number)
    against = Contradiction.objects.filter(fact=found, state=Contradiction.State.OPEN)
    contradictions = list(
        against.select_related("touchpoint").order_by("rank", "-first_seen_at", "-id")[:PAGE]
    )
    ids = {one.actor_id for one in history if one.actor_id}
    names = {user.pk: user.name for user in User.objects.filter(pk__in=ids)}
    return FactStory(row_of(found), history, contradictions, names)
