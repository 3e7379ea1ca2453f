"""The one act that helps most: a table, read from above."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.promises.rules.circumstances import Circumstances, Habit, Load, Shortage
from mikomi.promises.rules.saving import ACTS, Plight, advise
from tests.cast import NOON

DAY = timedelta(days=1)
SHORT = Circumstances(Shortage(2))
IN_TIME = Circumstances(Shortage(2, NOON + DAY))
AWAY = Circumstances(None, Load(1, 0.0, 1.0), Habit(1.0, Load(1, 0.3), 6.0, 100))
PARCEL = Plight("delivery", 0.6, NOON, NOON + 4 * DAY, Circumstances(), is_shipped=False)
CALL = Plight("callback", 0.6, NOON, NOON + timedelta(hours=5), Circumstances())


@pytest.mark.parametrize(
    ("plight", "changes", "act"),
    [
        (PARCEL, {}, "ship"),
        (PARCEL, {"has_held_notice": True, "around": SHORT}, "release_notice"),
        (PARCEL, {"around": SHORT}, "order_stock"),
        (PARCEL, {"around": SHORT, "risk": 0.9, "due_at": NOON + DAY}, "ask_terms"),
        (PARCEL, {"around": IN_TIME, "risk": 0.5}, "do"),
        (PARCEL, {"expected_at": NOON + 6 * DAY, "risk": 0.95}, "ask_terms"),
        (PARCEL, {"expected_at": NOON + 6 * DAY, "is_asked": True, "is_shipped": True}, "ask_carrier"),
        (PARCEL, {"is_shipped": True}, "ask_carrier"),
        (PARCEL, {"is_shipped": True, "risk": 0.9}, "ask_terms"),
        (replace(PARCEL, kind="shipping"), {"risk": 0.97}, "ship"),
        (CALL, {}, "call"),
        (CALL, {"risk": 0.97}, "call"),
        (CALL, {"around": AWAY}, "hand_over"),
        (replace(CALL, kind="answer"), {}, "answer"),
        (replace(CALL, kind="custom"), {}, "do"),
    ],
)
def test_the_act_that_helps_most(plight: Plight, changes: dict[str, Any], act: str) -> None:
    assert advise(replace(plight, **changes)).act == act


def test_the_reasons_stand_beside_it() -> None:
    assert advise(replace(PARCEL, around=SHORT)).reasons == ("no_stock",)
    assert advise(replace(PARCEL, expected_at=NOON + 9 * DAY)).reasons == ("slips_untold",)
    assert advise(replace(PARCEL, expected_at=NOON + 9 * DAY, is_told=True)).reasons == ("slips_told",)
    assert advise(CALL).reasons == ("due_soon",)
    assert advise(PARCEL).reasons == ("slow",)


@given(
    st.sampled_from(["delivery", "shipping", "answer", "callback", "booking", "custom"]),
    st.floats(0, 1),
    st.integers(-50, 500),
    st.sampled_from([SHORT, IN_TIME, AWAY, Circumstances()]),
    st.none() | st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_there_is_always_one_act_and_a_reason(
    kind: str, risk: float, hours: int, around: Circumstances, shipped: bool | None, held: bool, asked: bool
) -> None:
    plight = Plight(
        kind, risk, NOON, NOON + timedelta(hours=hours), around, is_shipped=shipped, has_held_notice=held,
        is_asked=asked,
    )  # fmt: skip
    found = advise(plight)
    assert found.act in ACTS
    assert found.reasons
    assert not (asked and found.act == "ask_terms")
