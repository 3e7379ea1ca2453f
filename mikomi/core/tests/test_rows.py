"""Rows made quickly are the rows that the model's own constructor makes."""

from __future__ import annotations

import pytest

from mikomi.core.rows import build
from mikomi.customers.models import Customer, Identity
from tests.cast import NOON


def test_the_same_row_as_by_keywords() -> None:
    quick = build(Identity, kind="email", value="a@example.jp", shown="A@example.jp", added_at=NOON)
    usual = Identity(kind="email", value="a@example.jp", shown="A@example.jp", added_at=NOON)

    for field in Identity._meta.concrete_fields:
        assert getattr(quick, field.attname) == getattr(usual, field.attname)
    assert quick._state.adding


def test_defaults_that_are_made_are_made_anew() -> None:
    one, other = build(Customer, first_seen_at=NOON), build(Customer, first_seen_at=NOON)

    one.custom["a"] = 1

    assert other.custom == {}
    assert one.language == "ja"


def test_a_misspelt_attribute_is_refused() -> None:
    with pytest.raises(TypeError, match="sho"):
        build(Identity, sho="x")
