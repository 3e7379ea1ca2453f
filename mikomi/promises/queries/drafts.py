"""What a text that is about to be sent promises: offered to be recorded, and challenged where it can't be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.calendars.rules import is_open, is_working_day
from mikomi.promises.models import Promise
from mikomi.promises.queries.answers import policy
from mikomi.promises.quotable import WORKS, keys_of, local_days, newest_model
from mikomi.promises.rules import quoting
from mikomi.promises.rules.capture import Captured, Vague, capture, vague_wording
from mikomi.promises.rules.capture.finding import sentences
from mikomi.promises.rules.deadlines import end_of_day

ENOUGH = 20
"""Fewer cases say nothing of what can be kept."""
_REMEMBERED = timedelta(days=540)
_MOST_CASES = 500


@dataclass(frozen=True, slots=True)
class Chance:
    """The share of comparable cases that ended within the promised time, and of how many cases."""

    share: float
    cases: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise found in a draft. `key`: names it from one look to the next. `chance` none: too little is known.
    `is_unlikely`: history says that such a date is not kept. `when_closed`: due while nobody works."""

    key: str
    found: Captured
    due_at: datetime
    by_day: bool
    chance: Chance | None
    is_unlikely: bool
    when_closed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found in a text."""

    offers: list[Offer]
    vague: list[Vague]

    @property
    def is_challenged(self) -> bool:
        """Whether it is sent only with a reason."""
        return bool(self.vague) or any(offer.is_unlikely for offer in self.offers)


def draft(*, actor: Actor, text: str, now: datetime | None = None) -> Draft:
    """Look a text over before it is sent. Raises NotAllowedError."""
    actor.require(Permission.PROMISES_RECORD)
    now, calendar, rules = now or clock.now(), business_queries.calendar(), policy()
    offers = []
    for found in capture(text, now, calendar):
        moment = found.due if isinstance(found.due, datetime) else end_of_day(found.due, calendar.tz)
        by_day = not isinstance(found.due, datetime)
        chance = chance_of_keeping(found.kind, moment - now, now)
        closed = not (
            is_working_day(calendar, moment.astimezone(calendar.tz).date())
            if by_day
            else is_open(calendar, moment - timedelta(minutes=1))
        )
        unlikely = chance is not None and chance.share < rules.challenge_below
        # A parcel may well arrive while we are closed; a call is made by somebody.
        closed = closed and found.kind in ("callback", "custom")
        offers.append(Offer(_key(found), found, moment, by_day, chance, unlikely, closed))
    vague = vague_wording(sentences(text)) if rules.challenges_vague else []
    return Draft(offers, vague)


def _key(found: Captured) -> str:
    return blake2b(f"{found.statement}|{found.due.isoformat()}".encode(), digest_size=8).hexdigest()


def chance_of_keeping(kind: str, lead: timedelta, now: datetime) -> Chance | None:
    """How often a promise of this kind is met within this time: the one place that challenges ask.

    The quoter's model says it where there is one; otherwise the newest cases whose time has shown it are counted.
    None: too little is known.
    """
    return _by_model(kind, lead, now) or _by_counting(kind, lead, now)


def _by_model(kind: str, lead: timedelta, now: datetime) -> Chance | None:
    stored = newest_model(kind) if kind in WORKS else None
    if stored is None or not stored.model.enough or stored.done < ENOUGH:
        return None
    began = quoting.Question(local_days(now, business_queries.zone()), {}, keys_of(""))
    late = quoting.late_chance(stored.model, began, 0.0, lead / timedelta(days=1))
    return Chance(1.0 - late, stored.done)


def _by_counting(kind: str, lead: timedelta, now: datetime) -> Chance | None:
    """What was not met and is younger than `lead` is left out: nobody knows yet."""
    rows = Promise.objects.filter(
        is_internal=False, kind=kind, first_due_at__lte=now, first_due_at__gte=now - _REMEMBERED
    ).exclude(state=Promise.State.WITHDRAWN)
    cases = kept = 0
    for made_at, met_at in rows.order_by("-first_due_at").values_list("made_at", "met_at")[:_MOST_CASES]:
        if met_at is None and now - made_at <= lead:
            continue
        cases += 1
        kept += met_at is not None and met_at - made_at <= lead
    return Chance(kept / cases, cases) if cases >= ENOUGH else None
