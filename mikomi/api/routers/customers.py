"""Customers: who they are, how they are known, what they allow."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import customers as shapes
from mikomi.api.shapes.common import Id, Line, ListOf, PageOf, Paging, page
from mikomi.core.access import operations as access
from mikomi.core.access.models import Look
from mikomi.core.access.rules import Permission
from mikomi.customers import operations, queries
from mikomi.screens import timeline as timelines

router = Family("customers")
SOURCE = "api"
VIEW, EDIT, MERGE = Permission.CUSTOMERS_VIEW, Permission.CUSTOMERS_EDIT, Permission.CUSTOMERS_MERGE


@router.get("/customers", may=VIEW, gives=PageOf[shapes.CustomerOut])
def list_customers(request: Call, wanted: Query[shapes.CustomerFilter]) -> Any:
    """Customers, the latest changed first."""
    found = queries.customers(
        actor=request.actor,
        text=wanted.text,
        segment_id=wanted.segment_id,
        tag=wanted.tag,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    names = queries.display(found.items)
    return page(found.map(lambda row: shapes.CustomerOut.of(row, names[row.pk])))


@router.post("/customers", may=EDIT, sees=VIEW, gives=shapes.CustomerDetail, status=201)
def create_customer(request: Call, person: shapes.PersonIn) -> Any:
    """Add a customer, or find the one who is known by these addresses."""
    row = operations.create(actor=request.actor, person=person.to_record(SOURCE), source=SOURCE)
    return Status(201, _detail(request, row.pk))


@router.get("/customers/{customer_id}", may=VIEW, gives=shapes.CustomerDetail)
def get_customer(request: Call, customer_id: Id) -> Any:
    """A customer; the id of a merged record leads to the living one. Noted in the log of who looked."""
    found = _detail(request, customer_id)
    access.note_look(actor=request.actor, subject_type="customer", subject_id=found.id, way=Look.Way.API)
    return found


@router.patch("/customers/{customer_id}", may=EDIT, sees=VIEW, gives=shapes.CustomerDetail)
def change_customer(request: Call, customer_id: Id, profile: shapes.ProfileIn) -> Any:
    """Change what is given of the profile."""
    given: Any = profile.model_dump(exclude_unset=True)
    operations.update_profile(actor=request.actor, customer_id=customer_id, **given)
    return _detail(request, customer_id)


@router.delete("/customers/{customer_id}", may=Permission.CUSTOMERS_ERASE)
def erase_customer(request: Call, customer_id: Id) -> Any:
    """Erase everything personal of a customer, under all merged records. Can't be undone."""
    operations.erase(actor=request.actor, customer_id=customer_id)
    return Status(204, None)


@router.get("/customers/{customer_id}/export", may=Permission.CUSTOMERS_EXPORT, gives=dict[str, Any])
def export_customer(request: Call, customer_id: Id) -> Any:
    """Everything that is kept about a customer. Leaves a line in the access log."""
    return operations.export_data(actor=request.actor, customer_id=customer_id)


@router.get("/customers/{customer_id}/timeline", may=VIEW, gives=PageOf[shapes.TimelineOut])
def customer_timeline(request: Call, customer_id: Id, wanted: Query[shapes.TimelineFilter]) -> Any:
    """What happened with a customer, the newest first."""
    kinds = [name for name in wanted.kinds.split(",") if name]
    found = timelines.timeline(
        actor=request.actor, customer_id=customer_id, kinds=kinds, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(shapes.TimelineOut.of))


@router.post("/customers/{customer_id}/identities", may=EDIT, gives=shapes.IdentityOut, status=201)
def add_identity(request: Call, customer_id: Id, identity: shapes.IdentityIn) -> Any:
    """Let a customer be known by an address, number or id."""
    row = operations.add_identity(
        actor=request.actor,
        customer_id=customer_id,
        kind=identity.kind.value,
        value=identity.value,
        source=identity.source,
        primary=identity.primary,
    )
    return Status(201, shapes.IdentityOut.of(row))


@router.delete("/identities/{identity_id}", may=EDIT)
def remove_identity(request: Call, identity_id: Id) -> Any:
    """Let a customer no longer be known by it."""
    operations.remove_identity(actor=request.actor, identity_id=identity_id)
    return Status(204, None)


@router.post("/customers/{customer_id}/addresses", may=EDIT, gives=shapes.AddressOut, status=201)
def add_address(request: Call, customer_id: Id, address: shapes.SavedAddressIn) -> Any:
    """Add a postal address."""
    fields: Any = address.model_dump()
    return Status(
        201,
        shapes.AddressOut.of(operations.save_address(actor=request.actor, customer_id=customer_id, **fields)),
    )


@router.put("/customers/{customer_id}/addresses/{address_id}", may=EDIT, gives=shapes.AddressOut)
def change_address(request: Call, customer_id: Id, address_id: Id, address: shapes.SavedAddressIn) -> Any:
    """Replace a postal address."""
    fields: Any = address.model_dump()
    row = operations.save_address(
        actor=request.actor, customer_id=customer_id, address_id=address_id, **fields
    )
    return shapes.AddressOut.of(row)


@router.delete("/customers/{customer_id}/addresses/{address_id}", may=EDIT)
def remove_address(request: Call, customer_id: Id, address_id: Id) -> Any:
    """Take a postal address away."""
    operations.remove_address(actor=request.actor, customer_id=customer_id, address_id=address_id)
    return Status(204, None)


@router.get("/customers/{customer_id}/consents", may=VIEW, gives=ListOf[shapes.ConsentOut])
def list_consents(request: Call, customer_id: Id) -> Any:
    """What a customer said about contact, the newest first: the latest hundred statements."""
    rows = queries.consent_history(actor=request.actor, customer_id=customer_id)
    return {"items": [shapes.ConsentOut.of(row) for row in rows]}


@router.post("/customers/{customer_id}/consents", may=EDIT, gives=shapes.ConsentOut, status=201)
def add_consent(request: Call, customer_id: Id, consent: shapes.StatedConsentIn) -> Any:
    """Write down what a customer said about contact."""
    row = operations.set_consent(
        actor=request.actor,
        customer_id=customer_id,
        channel=consent.channel,
        purpose=consent.purpose.value,
        granted=consent.granted,
        source=consent.source,
        at=consent.at,
    )
    return Status(201, shapes.ConsentOut.of(row))


@router.post("/customers/{customer_id}/notes", may=EDIT, gives=shapes.NoteOut, status=201)
def add_note(request: Call, customer_id: Id, note: shapes.NoteIn) -> Any:
    """Leave a note for colleagues."""
    row = operations.add_note(actor=request.actor, customer_id=customer_id, text=note.text)
    return Status(201, shapes.NoteOut.of(row))


@router.post("/customers/{customer_id}/tags", may=EDIT, sees=VIEW, gives=shapes.CustomerDetail)
def add_tag(request: Call, customer_id: Id, tag: shapes.TagIn) -> Any:
    """Put a word on a customer."""
    living = queries.living_id(customer_id)
    operations.tag(actor=request.actor, customer_ids=[living], name=tag.name)
    return _detail(request, living)


@router.delete("/customers/{customer_id}/tags/{name}", may=EDIT)
def remove_tag(request: Call, customer_id: Id, name: Line) -> Any:
    """Take a word off a customer."""
    operations.untag(actor=request.actor, customer_ids=[queries.living_id(customer_id)], name=name)
    return Status(204, None)


@router.get("/merges/preview", may=MERGE, gives=shapes.ComparisonOut)
def preview_merge(request: Call, wanted: Query[shapes.MergeIn]) -> Any:
    """Both records side by side, and what of the loser's would no longer show. Changes nothing."""
    found = queries.comparison(actor=request.actor, winner_id=wanted.winner_id, loser_id=wanted.loser_id)
    return shapes.ComparisonOut.of(found)


@router.post("/merges", may=MERGE, gives=shapes.MergeOut, status=201)
def merge_customers(request: Call, merge: shapes.MergeIn) -> Any:
    """Let one record live on in the other."""
    row = operations.merge(actor=request.actor, winner_id=merge.winner_id, loser_id=merge.loser_id)
    return Status(201, shapes.MergeOut.of(row))


@router.delete("/merges/{merge_id}", may=MERGE)
def unmerge_customers(request: Call, merge_id: Id) -> Any:
    """Undo a merge: the two are two again."""
    operations.unmerge(actor=request.actor, merge_id=merge_id)
    return Status(204, None)


@router.get("/duplicates", may=VIEW, gives=PageOf[shapes.ProposalOut])
def list_duplicates(request: Call, wanted: Query[Paging]) -> Any:
    """Pairs that may be one person, the newest first."""
    found = queries.proposals(actor=request.actor, cursor=wanted.cursor, size=wanted.size)
    names = queries.display([person for row in found.items for person in (row.first, row.second)])
    return page(found.map(lambda row: shapes.ProposalOut.of(row, names)))


@router.post("/duplicates/{proposal_id}/decide", may=MERGE, gives=shapes.ProposalOut)
def decide_duplicate(request: Call, proposal_id: Id, decision: shapes.DecisionIn) -> Any:
    """Say whether the two are one person."""
    row = operations.decide_proposal(
        actor=request.actor,
        proposal_id=proposal_id,
        same_person=decision.same_person,
        winner_id=decision.winner_id,
    )
    return shapes.ProposalOut.of(row, queries.display([row.first, row.second]))


def _detail(request: Call, customer_id: int) -> shapes.CustomerDetail:
    return shapes.CustomerDetail.of(queries.customer(actor=request.actor, customer_id=customer_id))
