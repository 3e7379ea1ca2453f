"""Learning from what happened, quoting, and noting whether quotes were kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.compute import run
from mikomi.promises.models import Promise, Quote, QuoteModel, QuotePolicy
from mikomi.promises.operations.looking import reconsider
from mikomi.promises.queries import quotes as queries
from mikomi.promises.queries.visible import visible
from mikomi.promises.quotable import KEYS, LAYOUT, WORKS, closed_days, keys_of, local_days, products_of

FIT = "mikomi.promises.fitting.fit:fit"
REMEMBERED = timedelta(days=3 * 365)
MOST_CASES = 100_000
"""Of more, the latest are learned from."""
LIMIT = timedelta(minutes=5)
KEPT_MODELS = 3
CHUNK = 500


class QuotePolicyError(ValueError):
    """A setting that can't be; the reason in words."""


def refresh_quote_models() -> int:
    """Fit a model for each kind of work that has cases; returns how many. Reading and fitting happen outside any
    transaction, the fitting in a process of its own. Open promises whose chance has crossed the threshold by what was
    learned are looked at. Raises ComputeError."""
    zone, now, fitted = business_queries.zone(), clock.now(), 0
    holidays = closed_days(business_queries.calendar())
    for kind in WORKS:
        cases = _cases(kind, now, zone)
        if cases["began"]:
            plain = run(
                FIT, limit=LIMIT, layout=LAYOUT, cases=cases, now=local_days(now, zone), holidays=holidays
            )
            _store(kind, plain, now)
            fitted += 1
    if fitted:
        reconsider()
    return fitted


def _cases(kind: str, now: datetime, zone: ZoneInfo) -> dict[str, list[Any]]:
    """The ledger's cases of a kind as columns: made, met; those taken back are no cases."""
    found = Promise.objects.filter(kind=kind, made_at__gt=now - REMEMBERED, made_at__lt=now)
    found = found.exclude(state=Promise.State.WITHDRAWN).order_by("-made_at", "-id")
    columns = ("made_at", "met_at", "group_key", "subject_type", "subject_id")
    rows = list(found.values_list(*columns)[:MOST_CASES])
    products = products_of((row[3], row[4]) for row in rows)
    known = [keys_of(row[2], products.get((row[3], row[4] or 0), "")) for row in rows]
    return {
        "began": [local_days(row[0], zone) for row in rows],
        "ended": [local_days(row[1], zone) if row[1] else None for row in rows],
        "staged": [None] * len(rows),
        "numbers": [[] for _row in rows],
        "keys": [[keys[name] for name in KEYS] for keys in known],
    }


@transaction.atomic
def _store(kind: str, plain: dict[str, Any], now: datetime) -> None:
    counts = plain["counts"]
    QuoteModel.objects.create(
        kind=kind,
        fitted_at=now,
        cases=counts["cases"],
        done=counts["done"],
        left_out=counts["negative"] + counts["ahead"],
        plain=plain,
    )
    old = QuoteModel.objects.filter(kind=kind).order_by("-id").values_list("pk", flat=True)[KEPT_MODELS:]
    QuoteModel.objects.filter(pk__in=list(old)).delete()


@transaction.atomic
def quote(
    *,
    actor: Actor,
    kind: str,
    confidence: float,
    group: str = "",
    product: str = "",
    began_at: datetime | None = None,
    promise_id: int | None = None,
) -> Quote:
    """Answer "what may I promise?" and store what the answer was based on. `promise_id`: what was promised on it; its
    outcome is noted later. Raises UnknownWorkError, NotAllowedError, Promise.DoesNotExist, ValueError."""
    actor.require(Permission.PROMISES_RECORD)
    answer = queries.offers(
        actor=actor, kind=kind, group=group, product=product, targets=(confidence,), began_at=began_at
    )
    offer = answer.offers[0]
    if promise_id is not None:
        visible(actor).get(pk=promise_id)
    return Quote.objects.create(
        kind=kind,
        target=confidence,
        asked_at=clock.now(),
        began_at=answer.began_at,
        days=offer.days,
        basis=offer.basis,
        reason=offer.reason,
        model_id=answer.model_id,
        model_version=answer.model_id,
        cases=answer.cases,
        open_cases=answer.cases - answer.done,
        effective=offer.effective,
        group=offer.group,
        keys=answer.keys,
        actor_id=actor.user_id,
        promise_id=promise_id,
    )


def settle_quotes() -> int:
    """Note of quotes that became promises whether they were kept; returns how many were decided."""
    now, last, count = clock.now(), 0, 0
    waiting = Quote.objects.filter(kept=None, promise__isnull=False).exclude(days=None)
    waiting = waiting.exclude(promise__state=Promise.State.WITHDRAWN).select_related("promise").order_by("pk")
    while rows := list(waiting.filter(pk__gt=last)[:CHUNK]):
        decided = [row for row in rows if _decide(row, now)]
        with transaction.atomic():
            bulk.update(decided, ("kept", "decided_at"))
        last, count = rows[-1].pk, count + len(decided)
    return count


def _decide(row: Quote, now: datetime) -> bool:
    """Whether it can be told by now that the quote was kept or not; if so, it is noted in the row."""
    due = row.began_at + timedelta(days=row.days or 0)
    met_at = row.promise.met_at if row.promise else None
    if met_at is None and now <= due:
        return False
    row.kept, row.decided_at = met_at is not None and met_at <= due, now
    return True


@transaction.atomic
def set_quote_policy(
    *, actor: Actor, order_confidence: float | None, norms: Mapping[str, float]
) -> QuotePolicy:
    """Say whether orders without a date are promised by quote, and what is promised where history says too little.
    Raises QuotePolicyError, NotAllowedError."""
    actor.require(Permission.SETTINGS_MANAGE)
    if order_confidence is not None and not 0.5 <= order_confidence <= 0.99:
        raise QuotePolicyError(_("Give a confidence from 50 to 99 per cent, or none."))
    if any(kind not in WORKS or not 0 < days <= 3650 for kind, days in norms.items()):
        raise QuotePolicyError(_("A norm is a number of days above 0, at most ten years."))
    row = QuotePolicy.objects.select_for_update().order_by("id").first() or QuotePolicy()
    row.order_confidence, row.norms = order_confidence, {str(kind): days for kind, days in norms.items()}
    row.save()
    return row
