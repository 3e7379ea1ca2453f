"""Who each arriving person is, and what is new about them. Nothing is written here, so a dry run says the same.

Looked up in the order external id, e-mail, phone. Keys that lead to different customers make a proposal, never
a merge. A telephone alone does not recognise somebody whose name contradicts: families share telephones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from mikomi.core.rows import build
from mikomi.customers.cleaning import CleanPerson
from mikomi.customers.identification.known import Known, Slot, address_key
from mikomi.customers.models import Address, Consent, Customer, Identity, Note
from mikomi.customers.records import ConsentRecord
from mikomi.customers.rules.identities import PHONE, GivenKey
from mikomi.customers.rules.likeness import Name, name_of, names_contradict


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who arrived. `found_by` is the kind of key (`external`, `email`, `phone`; empty: nobody was found),
    `conflicts` are others who have a key of this person."""

    slot: Slot
    found_by: str
    conflicts: tuple[Slot, ...]
    changes: bool

    @property
    def outcome(self) -> str:
        """`created`, `changed` or `same`. Who came earlier in the same list counts as known."""
        if not self.found_by:
            return "created"
        return "changed" if self.changes else "same"


@dataclass(slots=True)
class Plan:
    """Everything that will be written. Rows point at unsaved customers until `write` gives them their keys."""

    now: datetime
    source: str
    zone: ZoneInfo
    language: str
    actor_id: int | None
    arrivals: list[Arrival] = field(default_factory=list)
    new: list[Slot] = field(default_factory=list)
    touched: dict[int, Slot] = field(default_factory=dict)
    """Known customers of whom something changes, by id."""
    identities: list[tuple[Slot, Identity]] = field(default_factory=list)
    addresses: list[tuple[Slot, Address]] = field(default_factory=list)
    notes: list[tuple[Slot, Note]] = field(default_factory=list)
    consents: list[tuple[Slot, Consent]] = field(default_factory=list)
    tags: list[tuple[Slot, str]] = field(default_factory=list)
    companies: list[Slot] = field(default_factory=list)
    proposals: list[tuple[Slot, Slot, dict[str, list[str]]]] = field(default_factory=list)

    def take(self, known: Known, person: CleanPerson, seen_at: datetime) -> None:
        """Decide who the person is and note what is new. Later people of the same list see the earlier."""
        owners = _owners(known, person)
        refused = _refused_by_name(owners, person)
        if refused:
            owners = _sharers(known, person)
            refused = [] if owners else refused
        slot = owners[0][0] if owners else self._make(person, seen_at)
        before = (slot.gained, len(slot.changed))
        others = [owner for owner, _ in owners[1:]] + refused
        self._propose(slot, others, owners, refused)
        self._learn(known, slot, person, seen_at)
        changes = (slot.gained, len(slot.changed)) != before
        if changes and not slot.is_new:
            self.touched[slot.customer.pk] = slot
        found_by = owners[0][1] if owners else ""
        self.arrivals.append(Arrival(slot, found_by, tuple(others), changes))

    def _make(self, person: CleanPerson, seen_at: datetime) -> Slot:
        customer = build(
            Customer,
            language=person.columns.get("language") or self.language,
            came_from=self.source,
            first_seen_at=seen_at,
            created_at=self.now,
            updated_at=self.now,
        )
        slot = Slot(customer, is_new=True)
        self.new.append(slot)
        return slot

    def _propose(
        self, slot: Slot, others: list[Slot], owners: list[tuple[Slot, str]], refused: list[Slot]
    ) -> None:
        kinds = {id(owner): kind for owner, kind in owners}
        for other in others:
            evidence = (
                {"same": [PHONE], "differs": ["name"]}
                if other in refused
                else {"same": [kinds[id(slot)], kinds[id(other)]]}
            )
            self.proposals.append((slot, other, evidence))

    def _learn(self, known: Known, slot: Slot, person: CleanPerson, seen_at: datetime) -> None:
        since = self._moment(person.since) or seen_at
        self._fill_columns(slot, person, min(since, seen_at))
        for given in person.keys:
            self._add_key(known, slot, given, seen_at)
        if person.address:
            self._add_address(slot, person)
        if person.company and not slot.company:
            slot.company = person.company
            slot.gained += 1
            self.companies.append(slot)
        for tag in person.tags:
            if tag not in slot.tags:
                slot.tags.add(tag)
                slot.gained += 1
                self.tags.append((slot, tag))
        if person.note and person.note not in slot.notes:
            slot.notes.add(person.note)
            slot.gained += 1
            self.notes.append((slot, build(Note, text=person.note, author_id=self.actor_id, at=seen_at)))
        for consent in person.consents:
            self._add_consent(slot, consent, seen_at)

    def _moment(self, since: object) -> datetime | None:
        """A date without a time begins at midnight of the business."""
        if since is None or isinstance(since, datetime):
            return since
        return datetime.combine(since, time(), self.zone)  # type: ignore[arg-type]

    def _fill_columns(self, slot: Slot, person: CleanPerson, first_seen: datetime) -> None:
        """Blanks are filled; what somebody has written stays. A name is filled as a whole or not at all."""
        customer = slot.customer
        columns = dict(person.columns)
        if not slot.is_new and (customer.family_name or customer.given_name):
            for column in ("family_name", "given_name", "honorific", "name_order"):
                columns.pop(column, None)
        if customer.family_kana or customer.given_kana:
            columns.pop("family_kana", None)
            columns.pop("given_kana", None)
        for column, value in columns.items():
            if not getattr(customer, column):
                setattr(customer, column, value)
                slot.changed.add(column)
        if first_seen < customer.first_seen_at:
            customer.first_seen_at = first_seen
            slot.changed.add("first_seen_at")
        if fresh := {key: value for key, value in person.custom.items() if key not in customer.custom}:
            customer.custom = {**customer.custom, **fresh}
            slot.changed.add("custom")

    def _add_key(self, known: Known, slot: Slot, given: GivenKey, seen_at: datetime) -> None:
        """A key that finds somebody else stays with them; only a telephone may be shared."""
        key = given.key
        owner = known.owner.get(key) if given.finds else None
        if key in slot.keys or (owner is not None and owner is not slot and key.kind != PHONE):
            return
        finds = given.finds and owner is None
        if finds:
            known.owner[key] = slot
        elif given.finds:
            known.sharers[key].append(slot)
        slot.gained += 1
        row = build(
            Identity,
            kind=key.kind,
            source=key.source,
            value=key.value,
            shown=given.shown,
            is_primary=given.finds and key.kind not in slot.kinds,
            finds=finds,
            added_at=seen_at,
        )
        slot.keys.add(key)
        slot.kinds.add(key.kind)
        self.identities.append((slot, row))

    def _add_address(self, slot: Slot, person: CleanPerson) -> None:
        given = person.address
        key = address_key(given.postal_code, given.region, given.city, given.lines)
        if key in slot.addresses:
            return
        row = build(
            Address,
            country=given.country,
            postal_code=given.postal_code,
            region=given.region,
            city=given.city,
            lines=given.lines,
            is_primary=not slot.addresses,
        )
        slot.addresses.add(key)
        slot.gained += 1
        self.addresses.append((slot, row))

    def _add_consent(self, slot: Slot, given: ConsentRecord, seen_at: datetime) -> None:
        """A repeated statement adds nothing. An undated yes never outweighs a no: files are old."""
        standing = slot.consents.get((given.channel, given.purpose))
        at = given.at or seen_at
        if standing is not None:
            same = standing[1] == given.granted
            undated_yes = given.granted and given.at is None
            if same or undated_yes or at < standing[0]:
                return
        slot.consents[given.channel, given.purpose] = (at, given.granted)
        slot.gained += 1
        row = build(
            Consent,
            channel=given.channel,
            purpose=given.purpose,
            granted=given.granted,
            at=at,
            source=self.source,
            actor_id=self.actor_id,
        )
        self.consents.append((slot, row))


def _owners(known: Known, person: CleanPerson) -> list[tuple[Slot, str]]:
    """The customers behind the person's keys, each once with the kind that found them, the surest first."""
    found: dict[int, tuple[Slot, str]] = {}
    for given in person.keys:
        slot = known.owner.get(given.key) if given.finds else None
        if slot is not None:
            found.setdefault(id(slot), (slot, given.key.kind))
    return list(found.values())


def _refused_by_name(owners: list[tuple[Slot, str]], person: CleanPerson) -> list[Slot]:
    """Those found by telephone only whose name is another one."""
    if not owners or owners[0][1] != PHONE:
        return []
    own = _name(person.columns)
    slots = [slot for slot, _ in owners]
    return slots if all(names_contradict(own, _name(vars(slot.customer))) for slot in slots) else []


def _sharers(known: Known, person: CleanPerson) -> list[tuple[Slot, str]]:
    """Who has the person's telephone beside its owner, and a name that is like the person's."""
    own = _name(person.columns)
    for given in person.keys:
        for slot in known.sharers.get(given.key, ()):
            if not names_contradict(own, _name(vars(slot.customer))):
                return [(slot, PHONE)]
    return []


def _name(columns: dict[str, object]) -> Name:
    parts = ("family_name", "given_name", "family_kana", "given_kana")
    return name_of(*(str(columns.get(part, "")) for part in parts))


def make_plan(
    people: Sequence[CleanPerson],
    seen_at: Sequence[datetime],
    *,
    now: datetime,
    source: str,
    zone: ZoneInfo,
    language: str,
    actor_id: int | None,
) -> Plan:
    """The plan for these people, seen at these moments, in their order."""
    known = Known(people)
    plan = Plan(now, source, zone, language, actor_id)
    for person, moment in zip(people, seen_at, strict=True):
        plan.take(known, person, moment)
    return plan
