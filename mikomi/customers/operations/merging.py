"""Two records that are one person: merged, un-merged, proposed, decided.

The standing `Merge` rows are the truth. `Customer.merged_into` (the root of the tree) and `Identity.customer`
follow from them, so undoing any merge, in any order, gives exactly what would be without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.operations import log
from mikomi.core.access.rules import Permission
from mikomi.core.events import operations as events
from mikomi.customers import indexing
from mikomi.customers.events import CustomersMerged, CustomersUnmerged
from mikomi.customers.models import Customer, DuplicateProposal, Identity, Merge
from mikomi.customers.operations.standing import recount
from mikomi.customers.queries.merged import ids_of, living_id


class MergeError(ValueError):
    """These two can't be merged, or this merge can't be undone. Nothing was changed."""


@transaction.atomic
def merge(*, actor: Actor, winner_id: int, loser_id: int, evidence: Mapping[str, Any] | None = None) -> Merge:
    """Let the loser live on in the winner. Rows keep their customer; reads take all ids. Can be undone.

    Records that are merged already stand for the ones they live in. `evidence` holds codes, no personal data.
    Raises `MergeError`, `Customer.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_MERGE)
    winner, loser = _locked(living_id(winner_id), living_id(loser_id))
    row = Merge.objects.create(
        winner=winner,
        loser=loser,
        evidence=dict(evidence or {}),
        merged_at=clock.now(),
        actor_id=actor.user_id,
    )
    Identity.objects.filter(customer=loser).update(
        moved_from=Coalesce(F("moved_from_id"), Value(loser.pk)), customer=winner
    )
    Customer.objects.filter(pk__in=ids_of(loser.pk)).update(merged_into=winner)
    _decide_pairs(actor, ids_of(winner.pk), DuplicateProposal.State.OPEN, DuplicateProposal.State.MERGED)
    _settle([winner.pk, loser.pk], [winner.pk])
    payload = CustomersMerged(row.pk, winner.pk, loser.pk)
    events.record(payload, customer_id=winner.pk, actor_id=actor.user_id)
    log(
        "customer.merged",
        actor=actor,
        subject_type="customer",
        subject_id=winner.pk,
        detail={"loser": loser.pk},
    )
    return row


@transaction.atomic
def unmerge(*, actor: Actor, merge_id: int) -> Merge:
    """Let the two be two again, as if this merge had never been. Raises `MergeError`, `Merge.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_MERGE)
    row = Merge.objects.select_for_update().select_related("loser").get(pk=merge_id)
    if row.undone_at is not None:
        raise MergeError(_("This merge is undone already."))
    if row.loser.erased_at is not None:
        raise MergeError(_("These records have been erased; nothing is left to separate."))
    root = living_id(row.loser_id)
    row.undone_at = clock.now()
    row.save(update_fields=["undone_at"])
    family = _family_below(row.loser_id)
    Customer.objects.filter(pk__in=family).exclude(pk=row.loser_id).update(merged_into_id=row.loser_id)
    Customer.objects.filter(pk=row.loser_id).update(merged_into=None)
    theirs = Identity.objects.filter(customer_id=root)
    theirs.filter(moved_from_id=row.loser_id).update(customer_id=row.loser_id, moved_from=None)
    theirs.filter(moved_from_id__in=family).update(customer_id=row.loser_id)
    pair = [row.winner_id, row.loser_id]
    _decide_pairs(actor, pair, DuplicateProposal.State.MERGED, DuplicateProposal.State.REFUSED)
    _settle([root, row.loser_id], [root, row.loser_id])
    payload = CustomersUnmerged(row.pk, root, row.loser_id)
    events.record(payload, customer_id=root, actor_id=actor.user_id)
    detail = {"loser": row.loser_id}
    log("customer.unmerged", actor=actor, subject_type="customer", subject_id=root, detail=detail)
    return row


@transaction.atomic
def decide_proposal(
    *, actor: Actor, proposal_id: int, same_person: bool, winner_id: int | None = None
) -> DuplicateProposal:
    """Say whether the two are one person. They are merged into `winner_id`, else into the earlier record.

    A pair that was refused is not proposed again. Raises `MergeError`, `DuplicateProposal.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_MERGE)
    row = DuplicateProposal.objects.select_for_update().get(pk=proposal_id)
    if row.state != DuplicateProposal.State.OPEN:
        raise MergeError(_("Somebody has decided this already."))
    if winner_id not in (None, row.first_id, row.second_id):
        raise MergeError(_("Choose one of the two records."))
    if same_person:
        winner_id = winner_id or row.first_id
        loser_id = row.second_id if winner_id == row.first_id else row.first_id
        merge(actor=actor, winner_id=winner_id, loser_id=loser_id, evidence=row.evidence)
    row.state = DuplicateProposal.State.MERGED if same_person else DuplicateProposal.State.REFUSED
    row.decided_at, row.decided_by_id = clock.now(), actor.user_id
    row.save(update_fields=["state", "decided_at", "decided_by_id"])
    return row


def _locked(winner_id: int, loser_id: int) -> tuple[Customer, Customer]:
    """Both records, locked in the order of their ids so that two merges at once don't wait for each other."""
    if winner_id == loser_id:
        raise MergeError(_("These are the same record already."))
    rows = Customer.objects.select_for_update().filter(pk__in=[winner_id, loser_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    if any(row.erased_at for row in found.values()):
        raise MergeError(_("An erased customer can't be merged."))
    return found[winner_id], found[loser_id]


def _decide_pairs(actor: Actor, ids: list[int], before: str, after: str) -> None:
    """Proposals between these records are answered by what has just been done."""
    pairs = DuplicateProposal.objects.filter(first_id__in=ids, second_id__in=ids, state=before)
    pairs.update(state=after, decided_at=clock.now(), decided_by_id=actor.user_id)


def _family_below(customer_id: int) -> list[int]:
    """The record and everything that standing merges lead into it."""
    family, edge = [customer_id], [customer_id]
    while edge:
        rows = Merge.objects.filter(winner_id__in=edge, undone_at=None)
        edge = [loser for loser in rows.values_list("loser_id", flat=True) if loser not in family]
        family += edge
    return family


def _settle(changed: list[int], living: list[int]) -> None:
    """What follows in the same transaction: moment of change, search, figures."""
    Customer.objects.filter(pk__in=living).update(updated_at=clock.now())
    indexing.refresh(changed)
    recount(living)
