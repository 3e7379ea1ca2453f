"""Where an expectation comes from, as far as the source of the promise says. Pure."""

from __future__ import annotations

_BY_SOURCE = {
    "order_date": "contract",
    "ship_rule": "contract",
    "booking": "contract",
    "composer": "staff",
    "capture": "staff",
    "project": "contract",
}


def origin_of(source: str) -> str:
    """The value of `Promise.Origin` that a source implies; empty where it says nothing."""
    return _BY_SOURCE.get(source, "")
