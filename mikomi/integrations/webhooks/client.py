"""One POST to an endpoint: what the call and its answer are for webhooks. How it is made safe is in `core.calls`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mikomi.core.calls import SECONDS, CallFailedError, Limits, call

__all__ = ["CallFailedError", "Reply", "post"]

LARGEST_ANSWER = 16 * 1024
EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer: status, its Retry-After header, the beginning of its text."""

    status: int
    retry_after: str
    excerpt: str


def post(
    url: str, headers: Mapping[str, str], body: bytes, *, allow_private: bool, seconds: float = SECONDS
) -> Reply:
    """Post `body` and read the answer, all within `seconds`. Raises `CallFailedError`."""
    limits = Limits(seconds, LARGEST_ANSWER)
    answer = call("POST", url, headers, body, allow_private=allow_private, limits=limits)
    text = answer.body[: EXCERPT * 4].decode("utf-8", "replace")
    return Reply(answer.status, answer.headers.get("retry-after", ""), " ".join(text.split())[:EXCERPT])
