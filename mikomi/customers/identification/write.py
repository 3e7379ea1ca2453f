"""Writing a plan: each table once, whatever the number of people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from mikomi.core import bulk
from mikomi.core.events import operations as events
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening
from mikomi.core.rows import build
from mikomi.customers import indexing
from mikomi.customers.events import ConsentChanged, CustomerChanged, CustomerCreated
from mikomi.customers.identification.known import Slot
from mikomi.customers.identification.plan import Plan
from mikomi.customers.models import (
    Address,
    Company,
    Consent,
    Customer,
    DuplicateProposal,
    Identity,
    Note,
    Tag,
)

Row = TypeVar("Row", Identity, Address, Note, Consent)


def write(plan: Plan, *, backfill: bool) -> None:
    """Write everything the plan holds, its events and the search index. Inside the caller's transaction."""
    _write_companies(plan)
    bulk.insert([slot.customer for slot in plan.new])
    _write_changed(plan)
    bulk.insert(_owned(plan.identities))
    bulk.insert(_owned(plan.addresses))
    bulk.insert(_owned(plan.notes))
    bulk.insert(_owned(plan.consents))
    _write_tags(plan)
    _write_proposals(plan)
    _index(plan)
    events.record_many(list(_happenings(plan, backfill)))


def _index(plan: Plan) -> None:
    """New customers are indexed from memory; known ones have keys and merged records that are not in it."""
    shown: dict[Slot, list[indexing.Found]] = {slot: [] for slot in plan.new}
    for slot, row in plan.identities:
        if slot.is_new:
            shown[slot].append(indexing.Found(row.kind, row.value, row.shown))
    indexing.add([(slot.customer, slot.company, keys) for slot, keys in shown.items()])
    indexing.refresh(list(plan.touched))


def _owned(rows: Iterable[tuple[Slot, Row]]) -> list[Row]:
    """The rows, each pointing at its customer, who has a key by now."""
    owned = []
    for slot, row in rows:
        row.customer_id = slot.customer.pk
        owned.append(row)
    return owned


def _write_changed(plan: Plan) -> None:
    changed = list(plan.touched.values())
    if not changed:
        return
    fields = {"updated_at"}
    for slot in changed:
        slot.customer.updated_at = plan.now
        fields |= slot.changed
    bulk.update([slot.customer for slot in changed], sorted(fields))


def _write_companies(plan: Plan) -> None:
    if not plan.companies:
        return
    names = {slot.company for slot in plan.companies}
    rows = {row.name: row for row in Company.objects.filter(name__in=names).order_by("-id")}
    fresh = [Company(name=name) for name in sorted(names - set(rows))]
    bulk.insert(fresh)
    rows.update({row.name: row for row in fresh})
    for slot in plan.companies:
        slot.customer.company = rows[slot.company]
        slot.changed.add("company_id")


def _write_tags(plan: Plan) -> None:
    if not plan.tags:
        return
    names = {name for _, name in plan.tags}
    ids = tag_ids(names)
    through = Customer.tags.through
    rows = [build(through, customer_id=slot.customer.pk, tag_id=ids[name]) for slot, name in plan.tags]
    bulk.insert(rows, ignore_conflicts=True)


def tag_ids(names: set[str]) -> dict[str, int]:
    """The ids of the tags of these names; those that don't exist are made."""
    ids = dict(Tag.objects.filter(name__in=names).values_list("name", "id"))
    if missing := names - set(ids):
        bulk.insert([Tag(name=name) for name in sorted(missing)], ignore_conflicts=True)
        ids = dict(Tag.objects.filter(name__in=names).values_list("name", "id"))
    return ids


def _write_proposals(plan: Plan) -> None:
    """A pair once proposed, whatever was decided, is not proposed again."""
    rows: dict[tuple[int, int], DuplicateProposal] = {}
    for slot, other, evidence in plan.proposals:
        first, second = sorted((slot.customer.pk, other.customer.pk))
        row = DuplicateProposal(first_id=first, second_id=second, evidence=evidence, found_at=plan.now)
        rows.setdefault((first, second), row)
    bulk.insert(list(rows.values()), ignore_conflicts=True)


def _happenings(plan: Plan, backfill: bool) -> Iterable[Happening]:
    for slot in plan.new:
        customer = slot.customer
        created = CustomerCreated(customer.pk, Code(plan.source))
        yield Happening(created, customer.pk, customer.first_seen_at, backfill, plan.actor_id)
    for customer_id, slot in plan.touched.items():
        changed = CustomerChanged(customer_id, len(slot.changed) + slot.gained)
        yield Happening(changed, customer_id, plan.now, backfill, plan.actor_id)
    for slot, row in plan.consents:
        code = ConsentChanged(row.pk, Code(row.channel), Code(row.purpose), row.granted)
        yield Happening(code, slot.customer.pk, row.at, backfill, plan.actor_id)
