"""Which conversation a message belongs to (reference 1.9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.reading.threading import (
    plus_address,
    read_reply_token,
    reply_token,
    thread_candidates,
)
from mikomi.channels.email.tests.messages import ORIGINAL, bounce, message

SECRET = "a secret of the installation"


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_token_names_its_conversation(number: int) -> None:
    token = reply_token(SECRET, number)
    assert len(token) <= 31
    assert read_reply_token(SECRET, token) == number
    assert read_reply_token(SECRET, token.upper()) == number
    assert read_reply_token("another", token) is None


@given(st.text(max_size=40))
def test_what_is_no_token_of_ours_is_refused(text: str) -> None:
    assert read_reply_token(SECRET, text) is None


def test_a_token_of_one_conversation_does_not_open_another() -> None:
    first, second = reply_token(SECRET, 1), reply_token(SECRET, 2)
    forged = second.partition("-")[0] + "-" + first.partition("-")[2]
    assert read_reply_token(SECRET, forged) is None


@pytest.mark.parametrize("number", [-1, 2**63])
def test_an_impossible_id_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="conversation id"):
        reply_token(SECRET, number)


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        reply_token("", 1)


def test_the_token_comes_first_then_the_nearest_message() -> None:
    address = plus_address("support@shop.example", reply_token(SECRET, 7))
    raw = message("x", f"To: {address}", "In-Reply-To: <b@s>", "References: <z@s> <a@s> <b@s>")
    found = thread_candidates(parse_message(raw), SECRET)
    assert [(item.kind, item.value) for item in found] == [
        ("token", "7"),
        ("message_id", "b@s"),
        ("message_id", "a@s"),
        ("message_id", "z@s"),
    ]
    assert found[0].conversation_id == 7


def test_the_token_is_found_in_the_header_and_in_the_envelope() -> None:
    token = reply_token(SECRET, 7)
    for header in (f"X-Mikomi-Reply-Token: {token}", f"Delivered-To: support+{token}@shop.example"):
        assert thread_candidates(parse_message(message("x", header)), SECRET)[0].value == "7"


def test_a_number_in_the_subject_is_no_evidence() -> None:
    assert thread_candidates(parse_message(message("x", "Subject: Re: [#7] order")), SECRET) == ()


def test_a_forged_token_is_no_evidence() -> None:
    raw = message("x", f"To: support+{reply_token('another', 7)}@shop.example")
    assert thread_candidates(parse_message(raw), SECRET) == ()


def test_a_bounce_belongs_to_the_message_that_came_back() -> None:
    raw = bounce("<taro@customer.example>: 550 user unknown", original=ORIGINAL)
    found = thread_candidates(parse_message(raw), SECRET)
    assert found[0].value == "out1@shop.example"
