"""Two records side by side, before somebody says that they are one person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers.models import Customer
from mikomi.customers.queries.profile import Profile, customer

FIELDS = (
    "family_name", "given_name", "family_kana", "given_kana", "honorific", "birthday", "language", "preferred_channel",
    "background",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the loser's that the merged customer doesn't show: there the winner's counts, also an empty one."""

    field: str
    kept: str
    hidden: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a merge would bring together, and what of the loser's would no longer show."""

    winner: Profile
    loser: Profile
    differences: list[Difference]

    @property
    def is_same(self) -> bool:
        """Whether both ids lead to one record already."""
        return self.winner.customer.pk == self.loser.customer.pk


def comparison(*, actor: Actor, winner_id: int, loser_id: int) -> Comparison:
    """Both records as they live now; a constant number of queries. Raises `Customer.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_MERGE)
    winner = customer(actor=actor, customer_id=winner_id)
    loser = customer(actor=actor, customer_id=loser_id)
    return Comparison(winner, loser, list(_differences(winner.customer, loser.customer)))


def _differences(winner: Customer, loser: Customer) -> Iterator[Difference]:
    pairs = [(name, str(getattr(winner, name) or ""), str(getattr(loser, name) or "")) for name in FIELDS]
    for name, kept, hidden in [*pairs, ("company", _company(winner), _company(loser))]:
        if hidden and kept != hidden:
            yield Difference(name, kept, hidden)


def _company(row: Customer) -> str:
    return row.company.name if row.company else ""
