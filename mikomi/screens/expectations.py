"""Expected against perceived on one page: from the surveys and from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.feedback import queries as feedback
from mikomi.feedback.queries.expectations import Expectations
from mikomi.promises.queries.disconfirmation import Disconfirmation, disconfirmation

DAYS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class ExpectationsScreen:
    """What was answered and what was kept in the last so many days."""

    days: int
    asked: Expectations
    ledger: list[Disconfirmation]


def expectations(*, actor: Actor, days: int = 90) -> ExpectationsScreen:
    """The gaps of the last `days`; a constant number of queries. NotAllowedError without the right to see figures."""
    until = clock.now()
    since = until - timedelta(days=days)
    return ExpectationsScreen(
        days=days,
        # The moment itself belongs to it: what was answered just now is shown.
        asked=feedback.expectations(actor=actor, since=since, until=until + timedelta(seconds=1)),
        ledger=disconfirmation(actor=actor, since=since, until=until),
    )
