"""Taking over what the feeds say: a new value is a new version, a new thing a new fact of the business's owner."""

from __future__ import annotations

from django.db import transaction

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.facts.feeds import Feed, all_feeds
from mikomi.facts.models import Fact, FactVersion
from mikomi.facts.operations.registry import add_version, subject_of
from mikomi.facts.records import FedFact
from mikomi.facts.rules.values import to_json


def take_over() -> int:
    """Read every feed. Returns how many facts have another value now. A fact that people write is left to them, with
    a mark that a feed would give it as well."""
    return sum(_take_over(feed) for feed in all_feeds())


def _take_over(feed: Feed) -> int:
    fed = list(feed.load())
    known = {row.key: row for row in Fact.objects.filter(key__in=[one.key for one in fed])}
    values = _values(known)
    stale = [one for one in fed if _is_stale(feed, one, known.get(one.key), values)]
    changed = 0
    for one in stale:
        with transaction.atomic():  # one fact at a time: the write lock is held for a moment only
            changed += _take(feed, one)
    return changed


def _values(known: dict[str, Fact]) -> dict[str, object]:
    rows = FactVersion.objects.filter(fact__in=known.values()).order_by("number")
    return {key: value for key, value in rows.values_list("fact__key", "value")}  # noqa: C416 - the last one wins


def _is_stale(feed: Feed, one: FedFact, row: Fact | None, values: dict[str, object]) -> bool:
    if row is None:
        return True
    if row.feed != feed.name:
        return row.also_fed_by != feed.name
    return values.get(one.key) != to_json(one.value) or row.archived_at is not None


def _take(feed: Feed, one: FedFact) -> int:
    row = Fact.objects.select_for_update().filter(key=one.key).first() or _same_thing(one)
    if row is not None and row.feed != feed.name:
        row.also_fed_by = feed.name
        row.save(update_fields=["also_fed_by"])
        return 0
    row = row or _new(feed, one)
    if row is None:
        return 0
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    add_version(row, to_json(one.value), actor=SYSTEM, source=FactVersion.Source.FEED)
    return 1


def _same_thing(one: FedFact) -> Fact | None:
    subject = subject_of(one.scope, None, one.store_id, one.product_code)
    return Fact.objects.filter(kind=one.kind, subject=subject, aspect=one.aspect, archived_at=None).first()


def _new(feed: Feed, one: FedFact) -> Fact | None:
    """None while nobody could answer for it: before the business is set up."""
    owner = User.objects.filter(role=Role.OWNER, is_active=True).order_by("id").first()
    if owner is None:
        return None
    return Fact.objects.create(
        key=one.key, kind=one.kind, label=one.label[:200], aspect=one.aspect, scope=one.scope, store_id=one.store_id,
        product_code=one.product_code, subject=subject_of(one.scope, None, one.store_id, one.product_code),
        names=list(one.names), owner=owner, feed=feed.name, created_at=clock.now(),
    )  # fmt: skip
