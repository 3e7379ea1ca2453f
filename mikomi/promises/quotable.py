"""Which kinds of work are quoted, and what is known of each case. Apps above register what they know of subjects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.core.kept import kept
from mikomi.core.steady import read_steadily
from mikomi.promises.models import Promise, QuoteModel
from mikomi.promises.rules import quoting as rules
from mikomi.promises.rules.breach import Past

WORKS = (
    Promise.Kind.DELIVERY,
    Promise.Kind.SHIPPING,
    Promise.Kind.CALLBACK,
    Promise.Kind.ANSWER,
    Promise.Kind.BOOKING,
    Promise.Kind.CUSTOM,
)
"""Booking: from the agreed beginning to the end of the visit or repair; custom: project steps and the like."""

KEYS = ("store", "place", "route", "product")
LAYOUT: dict[str, Any] = {
    "numbers": [],
    "keys": list(KEYS),
    "ladder": ["store", "place", "route"],
    "chains": [["product"]],
    "lively": ["store"],
    "stage_key": "",
}
"""As `fitting.history.Layout` reads it: store, store/region, store/region/carrier, and the product by itself."""

_MONDAY = datetime(1970, 1, 5)  # noqa: DTZ001 - local time, compared with local time only

LoadProducts = Callable[[Collection[int]], dict[int, str]]
_products: dict[str, LoadProducts] = {}


def register_products(subject_type: str, load: LoadProducts) -> None:
    """Say how the product of a subject is found: ids to codes, in one query."""
    _products[subject_type] = load


def products_of(subjects: Iterable[tuple[str, int | None]]) -> dict[tuple[str, int], str]:
    """The product of each subject that has one: one query for each type."""
    wanted: dict[str, set[int]] = {}
    for kind, key in subjects:
        if key is not None and kind in _products:
            wanted.setdefault(kind, set()).add(key)
    return {(kind, key): code for kind, ids in wanted.items() for key, code in _products[kind](ids).items()}


def keys_of(group_key: str, product: str = "") -> dict[str, str]:
    """The keys of a case from the group that its promise is in (store/region/carrier); empty: not known."""
    parts = group_key.split("/") if group_key else []
    return {
        "store": "/".join(parts[:1]),
        "place": "/".join(parts[:2]) if len(parts) > 1 else "",
        "route": "/".join(parts[:3]) if len(parts) > 2 else "",
        "product": product,
    }


def local_days(moment: datetime, zone: ZoneInfo) -> float:
    """Days since a Monday's midnight, by the clock on the wall."""
    return (moment.astimezone(zone).replace(tzinfo=None) - _MONDAY).total_seconds() / 86400


def closed_days(calendar: WorkingCalendar) -> list[int]:
    """The public holidays and the single days on which the business is closed, as days since a Monday."""
    dates = calendar.holidays | {day for day, spans in calendar.shifts.items() if not spans}
    return sorted((day - _MONDAY.date()).days for day in dates)


# The stored models


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model with what is told about it. `usual`: what it was asked already, by group and weekday (see `bench`)."""

    pk: int
    fitted_at: datetime
    cases: int
    done: int
    model: rules.Model
    usual: dict[tuple[str, int], Past] = field(default_factory=dict, compare=False, repr=False)


def newest_models(kinds: Collection[str]) -> dict[str, StoredModel]:
    """The newest model of each kind of work that has one. One small query once they have been read."""
    stored = {kind: _stored(key, at) for kind, (key, at) in _newest(frozenset(kinds)).items()}
    return {kind: one for kind, one in stored.items() if one is not None}


@read_steadily
def _newest(kinds: frozenset[str]) -> dict[str, tuple[int, datetime]]:
    return {kind: (key, at) for kind, key, at in _fits(kinds=tuple(sorted(kinds)))}


@kept()
def _fits(*, kinds: tuple[str, ...]) -> QuerySet[QuoteModel, Any]:
    return QuoteModel.objects.filter(kind__in=kinds).order_by("id").values_list("kind", "pk", "fitted_at")


def newest_model(kind: str) -> StoredModel | None:
    """The newest model of a kind of work; none without any."""
    return newest_models([kind]).get(kind)


@lru_cache(maxsize=len(WORKS) * 2)
def _stored(model_id: int, fitted_at: datetime) -> StoredModel | None:
    """A model is never changed, so a process reads it once."""
    row = QuoteModel.objects.filter(pk=model_id, fitted_at=fitted_at).first()
    if row is None:
        return None
    return StoredModel(row.pk, row.fitted_at, row.cases, row.done, rules.Model(row.plain))


def forget_models() -> None:
    """Read models anew: for tests, whose databases use the same numbers again."""
    _stored.cache_clear()
