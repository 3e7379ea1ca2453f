"""Looking for records that may be one person. They are proposed with the evidence; a person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from itertools import combinations

from django.db import transaction

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.rows import build
from mikomi.customers.models import Address, DuplicateProposal, Identity
from mikomi.customers.queries.lists import living
from mikomi.customers.rules.likeness import Name, name_of, names_contradict

CHUNK = 2_000
LARGEST_GROUP = 8
"""More records alike than this are no person but a placeholder ("テスト", a company's switchboard)."""

Pair = tuple[int, int]


def find_duplicates(*, actor: Actor) -> int:
    """Propose pairs that share a telephone, or name and birthday, reading and postal code, name and address;
    how many are new. For a nightly schedule: it reads all customers, and writes in short transactions."""
    actor.require(Permission.CUSTOMERS_EDIT)
    before = DuplicateProposal.objects.count()
    found = sorted(_evidence().items())
    for start in range(0, len(found), CHUNK):
        rows = [
            build(
                DuplicateProposal,
                first_id=first,
                second_id=second,
                evidence={"same": sorted(codes)},
                state=DuplicateProposal.State.OPEN,
                found_at=clock.now(),
            )
            for (first, second), codes in found[start : start + CHUNK]
        ]
        with transaction.atomic():
            bulk.insert(rows, ignore_conflicts=True)
    return DuplicateProposal.objects.count() - before


def _evidence() -> dict[Pair, set[str]]:
    """What each pair of living customers has in common."""
    names = {pk: (name, birthday) for pk, name, birthday in _people()}
    places = _places(names)
    groups: dict[tuple[str, object], set[int]] = defaultdict(set)
    for pk, (name, birthday) in names.items():
        for reading in filter(None, (name.kana, name.written if name.family and name.given else "")):
            if birthday:
                groups["name,birthday", (reading, birthday)].add(pk)
            for postal_code, _lines in places.get(pk, ()):
                if postal_code and reading == name.kana:
                    groups["kana,postal_code", (reading, postal_code)].add(pk)
            for place in places.get(pk, ()):
                if place[1] and reading == name.written:
                    groups["name,address", (reading, place)].add(pk)
    for pk, phone in _phones():
        if pk in names:
            groups["phone", phone].add(pk)
    return _pairs(groups, {pk: name for pk, (name, _) in names.items()})


def _pairs(groups: dict[tuple[str, object], set[int]], names: dict[int, Name]) -> dict[Pair, set[str]]:
    """Every two of a small group, unless only their telephone is the same and their names contradict."""
    found: dict[Pair, set[str]] = defaultdict(set)
    for (codes, _shared), members in groups.items():
        if not 2 <= len(members) <= LARGEST_GROUP:
            continue
        for first, second in combinations(sorted(members), 2):
            if codes != "phone" or not names_contradict(names[first], names[second]):
                found[first, second].update(codes.split(","))
    return found


def _people() -> Iterator[tuple[int, Name, object]]:
    columns = ("id", "birthday", "family_name", "given_name", "family_kana", "given_kana")
    for pk, birthday, *parts in living().values_list(*columns).iterator(CHUNK):
        yield pk, name_of(*parts), birthday


def _places(names: Container[int]) -> dict[int, set[tuple[str, str]]]:
    """Postal code and street of each, without spaces and hyphens."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = Address.objects.values_list("customer_id", "postal_code", "city", "lines")
    for pk, postal_code, city, lines in rows.iterator(CHUNK):
        if pk in names:
            found[pk].add(
                (postal_code.replace("-", "").strip(), "".join((city + lines).split()) if lines else "")
            )
    return found


def _phones() -> Iterator[tuple[int, str]]:
    """Telephones that more than one may have: those not found by, and whoever is found by the same."""
    shared = Identity.objects.filter(kind=Identity.Kind.PHONE, finds=False, value__startswith="+")
    rows = Identity.objects.filter(kind=Identity.Kind.PHONE, value__in=shared.values("value"))
    yield from rows.values_list("customer_id", "value").iterator(CHUNK)
