"""Signatures of webhooks: what is genuine is accepted, everything else is not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import corpus
from mikomi.integrations.signatures import (
    TOLERANCE_SECONDS,
    BadSecretError,
    sign_standard,
    verify_github,
    verify_line,
    verify_shopify,
    verify_square,
    verify_standard,
    verify_stripe,
)
from tests.paths import shared

NOW = 1_800_000_000
SECRET = "whsec_" + base64.b64encode(b"a key for tests only").decode()
OTHER = "whsec_" + base64.b64encode(b"another key, as before").decode()
BODY = '{"注文": 1023}'.encode()


def signed(body: bytes = BODY, *, secret: str = SECRET, at: int = NOW) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": sign_standard(secret, "msg_1", at, body),
    }


def digest(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


# Standard Webhooks


def test_what_we_sign_is_accepted() -> None:
    assert verify_standard(SECRET, signed(), BODY, NOW)
    assert verify_standard(SECRET.removeprefix("whsec_"), signed(), BODY, NOW)


@given(st.binary(), st.integers(-TOLERANCE_SECONDS, TOLERANCE_SECONDS))
def test_any_body_within_the_tolerance_is_accepted(body: bytes, drift: int) -> None:
    assert verify_standard(SECRET, signed(body), body, NOW + drift)


@given(st.binary(min_size=1), st.data())
def test_a_changed_byte_is_refused(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + bytes([body[place] ^ data.draw(st.integers(1, 255))]) + body[place + 1 :]
    assert not verify_standard(SECRET, signed(body), changed, NOW)


@pytest.mark.parametrize("drift", [TOLERANCE_SECONDS + 1, -TOLERANCE_SECONDS - 1])
def test_too_old_and_too_new_are_refused(drift: int) -> None:
    assert not verify_standard(SECRET, signed(), BODY, NOW + drift)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize(
    "value", [None, "", "x", "v1,", "\ud800", "１８００００００００", " 1800000000", "９" * 9]
)
def test_a_header_missing_or_changed_is_refused(name: str, value: str | None) -> None:
    headers = signed()
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    assert not verify_standard(SECRET, headers, BODY, NOW)


def test_keys_can_be_rotated_on_either_side() -> None:
    assert verify_standard([SECRET, OTHER], signed(secret=OTHER), BODY, NOW)
    both = signed()
    both["webhook-signature"] = f"{signed(secret=OTHER)['webhook-signature']} {both['webhook-signature']}"
    assert verify_standard(SECRET, both, BODY, NOW)
    assert not verify_standard(SECRET, signed(secret=OTHER), BODY, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_日本", "not base64!", [], [SECRET, ""]])
def test_a_secret_that_anyone_could_guess_is_refused(secret: str | list[str]) -> None:
    with pytest.raises(BadSecretError):
        verify_standard(secret, signed(), BODY, NOW)


@pytest.mark.parametrize("message_id", ["", "msg.1"])
def test_an_id_that_blurs_what_is_signed_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        sign_standard(SECRET, message_id, NOW, BODY)


# Vendors


def test_shopify_and_line() -> None:
    value = base64.b64encode(digest("hush", BODY)).decode()
    for verify, name in [(verify_shopify, "X-Shopify-Hmac-SHA256"), (verify_line, "x-line-signature")]:
        assert verify("hush", {name: value}, BODY)
        assert verify(["new", "hush"], {name: value}, BODY)
        assert not verify("hush", {name: value}, BODY + b" ")
        assert not verify("hush", {}, BODY)
        with pytest.raises(BadSecretError):
            verify("", {name: value}, BODY)


def test_square_signs_the_address_too() -> None:
    url = "https://shop.example/hooks/square"
    headers = {"x-square-hmacsha256-signature": base64.b64encode(digest("key", url.encode() + BODY)).decode()}
    assert verify_square("key", headers, BODY, url)
    assert not verify_square("key", headers, BODY, url + "/")


def test_github_signs_in_hexadecimal() -> None:
    value = digest("key", BODY).hex()
    assert verify_github("key", {"X-Hub-Signature-256": "sha256=" + value}, BODY)
    assert not verify_github("key", {"X-Hub-Signature-256": value}, BODY)


def test_stripe_signs_the_time_and_may_sign_twice() -> None:
    value = digest("key", f"{NOW}.".encode() + BODY).hex()
    headers = {"Stripe-Signature": f"t={NOW},v1={'0' * 64},v1={value},v0=old"}
    assert verify_stripe("key", headers, BODY, NOW)
    assert not verify_stripe("key", headers, BODY, NOW + TOLERANCE_SECONDS + 1)
    for header in ("", "t=,v1=", f"v1={value}", f"t={NOW + 1},v1={value}", f"t={NOW},v0={value}"):
        assert not verify_stripe("key", {"Stripe-Signature": header}, BODY, NOW)


@given(st.dictionaries(st.sampled_from(["X-Hub-Signature-256", "Stripe-Signature"]), st.text()))
def test_whatever_a_stranger_sends_is_only_refused(headers: dict[str, str]) -> None:
    assert not verify_github("key", headers, BODY)
    assert not verify_stripe("key", headers, BODY, NOW)


# The vectors of others


def cases() -> dict[str, Any]:
    path = shared("corpus", "webhooks", "cases.json")
    none: dict[str, Any] = {"standard_webhooks": [], "sign": [], "vendors": []}
    return none if path is None else json.loads(path.read_text(encoding="utf-8"))


def test_published_vectors_agree() -> None:
    known = cases()
    for case in known["standard_webhooks"]:
        got = corpus.verify(case["secret"], case["headers"], case["body"].encode(), case["now"])
        assert got == case["valid"], case["name"]
    for vector in known["sign"]:
        signature = corpus.sign(vector["secret"], vector["id"], vector["timestamp"], vector["body"].encode())
        assert signature == vector["signature"]
    for vector in known["vendors"]:
        headers, body = {vector["header"]: vector["value"]}, vector["body"].encode()
        ask = (vector["vendor"], vector["secret"], headers)
        assert corpus.verify_vendor(*ask, body, vector.get("url"), 1_614_265_330), vector["vendor"]
        assert not corpus.verify_vendor(*ask, b"x" + body, vector.get("url"), 1_614_265_330), vector["vendor"]
