"""Whether one may write to a customer. Pure.

Answers and notices about an order may be sent unless they were refused, and so may questions about
satisfaction; news and offers only to who has asked for them. Of several statements the newest counts; one for
every channel (`any`) counts like one for the channel itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

EVERY_CHANNEL = "any"
ALLOWED_UNLESS_REFUSED = frozenset({"service", "survey"})
ONLY_WHEN_GRANTED = frozenset({"marketing"})


class UnknownPurposeError(ValueError):
    """A message has one of the known purposes."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a customer said about contact, in the order in which it was written down."""

    channel: str
    purpose: str
    granted: bool
    at: datetime
    number: int


def newest(statements: Iterable[Statement], channel: str, purpose: str) -> Statement | None:
    """The statement that counts for this channel and purpose."""
    fitting = (
        one for one in statements if one.purpose == purpose and one.channel in (channel, EVERY_CHANNEL)
    )
    return max(fitting, key=lambda one: (one.at, one.number), default=None)


def consent_reason(statements: Iterable[Statement], channel: str, purpose: str) -> str:
    """Why contact is not allowed: `refused` or `no_consent`; empty when it is. Raises `UnknownPurposeError`."""
    if purpose not in ALLOWED_UNLESS_REFUSED | ONLY_WHEN_GRANTED:
        raise UnknownPurposeError(f"{purpose!r} is not a purpose of contact.")
    counts = newest(statements, channel, purpose)
    if counts is None:
        return "no_consent" if purpose in ONLY_WHEN_GRANTED else ""
    return "" if counts.granted else "refused"
