"""Signatures of webhooks: our own (Standard Webhooks) and those of the vendors we listen to.

All are HMAC-SHA256 over the raw body as it came over the wire: parse only after the signature held. All
comparisons take constant time. A secret may be one string or several, so that keys can be rotated: what
any of them signed is accepted. An empty or malformed secret raises BadSecretError, since anyone could sign
with it; whatever a stranger sends only makes the answer False.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence

TOLERANCE_SECONDS = 300
"""How far a signed timestamp may lie in the past or in the future."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)

Secrets = str | Sequence[str]


class BadSecretError(ValueError):
    """A configured secret that can't be used: empty, or not base64 where it must be."""


def sign_standard(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` for one message (Standard Webhooks 1.0). Raises ValueError."""
    if not message_id or "." in message_id:
        raise ValueError("a message id must not be empty or contain a full stop")
    return "v1," + _standard_digest(_standard_key(secret), message_id, str(timestamp), body)


def verify_standard(secret: Secrets, headers: Mapping[str, str], body: bytes, now: int) -> bool:
    """Whether a Standard Webhooks message is genuine and at most 5 minutes old or ahead of `now` (Unix s)."""
    message_id = _header(headers, "webhook-id")
    timestamp = _header(headers, "webhook-timestamp")
    given = [
        value
        for version, _, value in (
            part.partition(",") for part in _header(headers, "webhook-signature").split()
        )
        if version == "v1"
    ]
    wanted = [
        _standard_digest(_standard_key(one), message_id, timestamp, body) for one in _each_secret(secret)
    ]
    return bool(message_id) and _is_fresh(timestamp, now) and _any_equal(given, wanted)


def _standard_key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecretError("a Standard Webhooks secret must be base64") from error
    if not key:
        raise BadSecretError("a secret must not be empty")
    return key


def _standard_digest(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    return _base64_digest(key, f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body)


def verify_shopify(secret: Secrets, headers: Mapping[str, str], body: bytes) -> bool:
    """Base64 of the HMAC of the body in X-Shopify-Hmac-SHA256. Shopify signs no time."""
    return _verify_base64(secret, _header(headers, "x-shopify-hmac-sha256"), body)


def verify_line(secret: Secrets, headers: Mapping[str, str], body: bytes) -> bool:
    """Base64 of the HMAC of the body, with the channel secret, in X-Line-Signature. LINE signs no time."""
    return _verify_base64(secret, _header(headers, "x-line-signature"), body)


def verify_square(secret: Secrets, headers: Mapping[str, str], body: bytes, url: str) -> bool:
    """Base64 of the HMAC of notification address and body; `url` exactly as registered with Square."""
    return _verify_base64(secret, _header(headers, "x-square-hmacsha256-signature"), url.encode() + body)


def verify_github(secret: Secrets, headers: Mapping[str, str], body: bytes) -> bool:
    """The hexadecimal HMAC of the body after "sha256=" in X-Hub-Signature-256. GitHub signs no time."""
    wanted = ["sha256=" + _hex_digest(one.encode(), body) for one in _each_secret(secret)]
    return _any_equal([_header(headers, "x-hub-signature-256")], wanted)


def verify_stripe(secret: Secrets, headers: Mapping[str, str], body: bytes, now: int) -> bool:
    """Stripe-Signature "t=…,v1=…" over "{t}.{body}", at most 5 minutes old or ahead of `now` (Unix s)."""
    fields = [part.strip().partition("=") for part in _header(headers, "stripe-signature").split(",")]
    timestamp = next((value for name, _, value in fields if name == "t"), "")
    given = [value for name, _, value in fields if name == "v1"]
    signed = timestamp.encode("utf-8", "surrogatepass") + b"." + body
    wanted = [_hex_digest(one.encode(), signed) for one in _each_secret(secret)]
    return _is_fresh(timestamp, now) and _any_equal(given, wanted)


def _verify_base64(secret: Secrets, given: str, message: bytes) -> bool:
    return _any_equal([given], [_base64_digest(one.encode(), message) for one in _each_secret(secret)])


def _each_secret(secret: Secrets) -> list[str]:
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not secrets or not all(secrets):
        raise BadSecretError("a secret must not be empty")
    return secrets


def _header(headers: Mapping[str, str], name: str) -> str:
    """A header by its lower-case name, whatever its case; "" when absent."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def _is_fresh(timestamp: str, now: int) -> bool:
    return _TIMESTAMP.fullmatch(timestamp) is not None and abs(now - int(timestamp)) <= TOLERANCE_SECONDS


def _any_equal(given: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether any given signature is a wanted one; every pair is compared, in constant time."""
    pairs = [(one.encode("utf-8", "surrogatepass"), other.encode()) for one in given for other in wanted]
    return sum(hmac.compare_digest(one, other) for one, other in pairs) > 0


def _base64_digest(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def _hex_digest(key: bytes, message: bytes) -> str:
    return hmac.digest(key, message, "sha256").hex()
