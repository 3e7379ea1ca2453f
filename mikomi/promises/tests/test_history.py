"""Whatever happens to a promise, in whatever order it is told: the same verdict, and no version ever changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.models import Event
from mikomi.customers.models import Customer
from mikomi.promises import operations
from mikomi.promises.models import Promise, PromiseVersion
from mikomi.promises.operations import PromiseDecidedError
from mikomi.promises.records import Observation
from mikomi.promises.tests.ledger import make
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("business")

HOUR = timedelta(hours=1)
SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def observation(kind: str, hours: int, expected: int) -> Observation:
    at = NOON + hours * HOUR
    return Observation(
        kind=kind,
        occurred_at=at,
        once_key=f"{kind}:{hours}",
        source="test",
        expected_at=NOON + expected * HOUR if kind == "estimate" else None,
    )


news = st.lists(
    st.builds(
        observation,
        st.sampled_from(["shipped", "delivered", "estimate", "withdrawn", "paused", "resumed", "answered"]),
        st.integers(1, 140),
        st.integers(1, 200),
    ),
    max_size=5,
    unique_by=lambda piece: piece.once_key,
)


class _RolledBackError(Exception):
    pass


def outcome(customer: Customer, pieces: list[tuple[Observation, int]], **terms: Any) -> dict[str, Any]:
    """The row of a promise after these observations, each told so many hours later; nothing stays behind."""
    row: dict[str, Any] = {}
    try:
        with transaction.atomic():
            with clock.frozen(NOON):
                promise = make(customer.pk, **terms)
            for piece, hours in sorted(pieces, key=lambda item: item[1]):
                with clock.frozen(NOON + hours * HOUR):
                    while operations.look():
                        pass
                    observe(promise.pk, piece)
                    # The same again, as shops and mail servers do.
                    observe(promise.pk, piece)
            with clock.frozen(NOON + 400 * HOUR):
                while operations.look():
                    pass
            found = Promise.objects.filter(pk=promise.pk)
            row = dict(
                found.values("state", "met_at", "due_at", "first_due_at", "expected_at", "decided_at").get()
            )
            assert_events_tell_the_state(promise.pk, row["state"])
            raise _RolledBackError
    except _RolledBackError:
        return row


def observe(promise_id: int, piece: Observation) -> None:
    operations.observe(actor=SYSTEM, observation=replace(piece, promise_id=promise_id))


def assert_events_tell_the_state(promise_id: int, state: str) -> None:
    """The last turn recorded is the state that stands in the row: reader of events and of rows agree."""
    turns = {
        "promise.kept": "kept",
        "promise.broken": "broken",
        "promise.withdrawn": "withdrawn",
    }
    found = Event.objects.filter(subject_type="promise", subject_id=promise_id, kind__in=turns)
    last = found.order_by("-id").first()
    if state in turns.values():
        assert last is not None
        assert turns[last.kind] == state


@SETTINGS
@given(pieces=news, delays=st.lists(st.integers(0, 160), min_size=5, max_size=5), internal=st.booleans())
def test_the_same_news_in_any_order_ends_in_the_same_verdict(
    customer: Customer, pieces: list[Observation], delays: list[int], internal: bool
) -> None:
    terms = {"kind": "answer", "is_internal": True} if internal else {}
    hours = [int((piece.occurred_at - NOON) / HOUR) for piece in pieces]
    told_in_order = list(zip(pieces, hours, strict=True))
    told_late = [(piece, hour + delay) for piece, hour, delay in zip(pieces, hours, delays, strict=False)]

    assert outcome(customer, told_in_order, **terms) == outcome(customer, told_late, **terms)


steps = st.lists(
    st.tuples(st.sampled_from(["terms", "look", "delivered", "estimate", "withdraw"]), st.integers(1, 300)),
    max_size=8,
)


@SETTINGS
@given(steps=steps)
def test_versions_are_only_ever_added(customer: Customer, steps: list[tuple[str, int]]) -> None:
    try:
        with transaction.atomic():
            with clock.frozen(NOON):
                promise = make(customer.pk)
            before = versions(promise.pk)
            for place, (step, hours) in enumerate(steps):
                with clock.frozen(NOON + place * 20 * HOUR):
                    take(step, promise.pk, NOON + hours * HOUR)
                after = versions(promise.pk)
                assert after[: len(before)] == before
                assert len(after) - len(before) in (0, 1)
                before = after
            row = Promise.objects.get(pk=promise.pk)
            assert row.version_number == before[-1][0]
            assert row.first_due_at == before[0][1]
            assert row.due_at == before[-1][1]
            raise _RolledBackError
    except _RolledBackError:
        pass


def versions(promise_id: int) -> list[tuple[Any, ...]]:
    found = PromiseVersion.objects.filter(promise_id=promise_id).order_by("number")
    return list(found.values_list("number", "due_at", "at", "known_at", "reason", "statement", "pk"))


def take(step: str, promise_id: int, moment: datetime) -> None:
    match step:
        case "terms":
            try:
                operations.change_terms(actor=SYSTEM, promise_id=promise_id, due_at=moment, reason="weather")
            except PromiseDecidedError:
                row = Promise.objects.get(pk=promise_id)
                assert row.met_at is not None or row.evidence.filter(kind="withdrawn").exists()
        case "look":
            operations.look()
        case "withdraw":
            operations.withdraw(actor=SYSTEM, promise_id=promise_id, reason="cancelled", at=moment)
        case _:
            hours = int((moment - NOON) / HOUR)
            observe(promise_id, observation(step, hours, hours + 30))


def test_an_answer_owed_in_working_time_waits_over_night_and_while_on_hold(customer: Customer) -> None:
    """Asked on Wednesday at 17:00, four working hours: due on Thursday at 13:00. On hold from 11:00 to 15:00."""
    asked = NOON + 5 * HOUR
    with clock.frozen(asked):
        promise = make(
            customer.pk,
            kind="answer",
            is_internal=True,
            in_working_time=True,
            made_at=asked,
            due_at=NOON + 25 * HOUR,
        )
        quarter = promise.risk
    with clock.frozen(NOON + 12 * HOUR):
        observe(promise.pk, observation("estimate", 1, 2))
        promise.refresh_from_db()
    assert quarter < 0.25
    assert promise.look_at is not None
    assert promise.look_at >= NOON + 22 * HOUR

    with clock.frozen(NOON + 23 * HOUR):
        observe(promise.pk, observation("paused", 23, 0))
    promise.refresh_from_db()
    assert promise.paused_since == NOON + 23 * HOUR
    assert Promise.objects.filter(pk=promise.pk, look_at=None).exists()
    with clock.frozen(NOON + 27 * HOUR):
        observe(promise.pk, observation("resumed", 27, 0))
    promise.refresh_from_db()

    # One hour was used on Wednesday, one on Thursday until 11:00; two are left from 15:00.
    assert promise.due_at == NOON + 29 * HOUR
    assert promise.first_due_at == promise.due_at
    assert promise.version_number == 1
