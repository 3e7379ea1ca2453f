"""The small language of templates: fields and conditions, nothing that runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.conversations.templating import TemplateError, parse, render, unfilled

KNOWN = frozenset({"customer.name", "order.name", "order.carrier"})
LABELS = {"customer.name": "お名前", "order.name": "注文番号", "order.carrier": "配送会社"}


def filled(source: str, **values: str) -> str:
    return render(
        parse(source, KNOWN), {key.replace("_", "."): value for key, value in values.items()}, LABELS
    )


def test_fields_are_filled_in() -> None:
    assert filled("{{ customer.name }}、こんにちは", customer_name="山田 様") == "山田 様、こんにちは"


def test_a_field_without_a_value_shows_its_label_for_a_person_to_fill_in() -> None:
    text = filled("配送会社：{{ order.carrier }}")
    assert text == "配送会社：【配送会社】"
    assert unfilled(text, LABELS) == ["【配送会社】"]


def test_other_brackets_are_the_writers_own() -> None:
    assert unfilled("【重要】明日は休みです", LABELS) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"order_name": "#1"}, "A#1"),
        ({"order_carrier": "ヤマト"}, "Bヤマト"),
        ({}, "C"),
    ],
)
def test_conditions_choose(values: dict[str, str], expected: str) -> None:
    source = "{% if order.name %}A{{ order.name }}{% elif order.carrier %}B{{ order.carrier }}{% else %}C{% endif %}"
    assert filled(source, **values) == expected


def test_conditions_nest_and_negate() -> None:
    source = "{% if not order.name %}{% if customer.name %}x{% endif %}{% endif %}"
    assert filled(source, customer_name="y") == "x"
    assert filled(source, customer_name="y", order_name="z") == ""


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ("{{ customer.password }}", "unknown_field", 1),
        ("x\n{{ customer.name.__class__ }}", "unknown_field", 2),
        ("{{ 7*7 }}", "unknown_field", 1),
        ("{% for x in y %}", "unknown_tag", 1),
        ("{% if order.name %}", "unclosed", 1),
        ("a\nb {% endif %}", "unexpected", 2),
        ("{% if order.name %}{% else %}{% else %}{% endif %}", "unclosed", 1),
        ("{{ customer.name", "unclosed", 1),
        ("a\nb }}", "unclosed", 2),
        ("{% if order.name == 1 %}{% endif %}", "unknown_field", 1),
        ("{% if order.name %}" * 6 + "{% endif %}" * 6, "too_deep", 1),
    ],
)
def test_what_cannot_work_is_named_with_its_line(source: str, code: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(source, KNOWN)
    assert (caught.value.code, caught.value.line) == (code, line)


def test_values_are_never_read_as_templates() -> None:
    assert filled("{{ customer.name }}", customer_name="{{ order.name }}") == "{{ order.name }}"


@given(st.text(alphabet="{}% abif.e\ncustomernamdl|", max_size=80))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        parts = parse(source, KNOWN)
    except TemplateError:
        return
    render(parts, {}, LABELS)
