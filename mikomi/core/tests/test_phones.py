"""Telephone numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.phones import display, to_e164


@pytest.mark.parametrize(
    "text",
    [
        "090-1234-5678",
        "'090-1234-5678",
        "０９０−１２３４−５６７８",
        "０９０ー１２３４ー５６７８",
        "(090) 1234 5678",
        "+81 90 1234 5678",
        "+81 (0)90-1234-5678",
        "'+819012345678",
        "819012345678",  # a spreadsheet took the plus sign
        "9012345678",  # or the zero
        "0081-90-1234-5678",
        "090-1234-5678 内線12",
    ],
)
def test_one_number_in_many_forms(text: str) -> None:
    assert to_e164(text, "JP") == "+819012345678"


def test_numbers_of_other_countries() -> None:
    assert to_e164("+1 650-253-0000", "JP") == "+16502530000"
    assert to_e164("(650) 253-0000", "US") == "+16502530000"
    assert to_e164("010-1-650-253-0000", "JP") == "+16502530000"


@pytest.mark.parametrize(
    "text", ["", "なし", "119", "注文 1023", "090-1234", "2026-11-22", "9" * 500, "\ud800"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert to_e164(text, "JP") is None


def test_display_depends_on_where_one_is() -> None:
    assert display("+819012345678", "JP") == "090-1234-5678"
    assert display("+819012345678", "US") == "+81 90-1234-5678"
    assert display("unknown", "JP") == "unknown"


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_none(text: str) -> None:
    number = to_e164(text, "JP")
    assert number is None or to_e164(number, "JP") == number
