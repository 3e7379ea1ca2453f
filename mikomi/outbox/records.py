"""What others hand to the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A rendered message to one customer (or, for purpose `staff`, to a colleague).

    `to_address` empty: the customer's own address on the channel. `once_key`: the same key is never sent twice.
    `gaps`: what stands in the text where something could not be said: such a message is held, and not released while
    one of them is there. `hold`: a person releases it; none: as the business does for all notices. `not_before` none:
    now. `html` empty: the simple twin of the text is made.
    """

    customer_id: int | None
    purpose: str
    text: str
    subject: str = ""
    channel: str = "email"
    to_address: str = ""
    to_name: str = ""
    language: str = "ja"
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    file_ids: tuple[int, ...] = ()
    once_key: str | None = None
    subject_type: str = ""
    subject_id: int | None = None
    sender_key: str = ""
    team_id: int | None = None
    hold: bool | None = None
    not_before: datetime | None = None
    gaps: tuple[str, ...] = ()
