"""Which addresses may be called, when a call is repeated, when an endpoint is switched off. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from mikomi.core.addresses import is_private_name

EVERYTHING = "*"
"""Instead of kinds of events: all of them."""

RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Ten tries over a little more than three days, as the Standard Webhooks recommend."""

SWITCH_OFF_AFTER = timedelta(days=3)
"""An endpoint of which no call has gone well for so long is switched off."""

OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
LONGEST_WAIT = timedelta(days=1)
"""However long a Retry-After asks for."""


class WrongAddressError(ValueError):
    """The address can't be called. `code`: scheme, host, credentials, fragment, port or private."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_url(url: str, *, allow_private: bool) -> None:
    """Raise `WrongAddressError` for an address that may not be stored. Names are resolved only when they are called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WrongAddressError("host") from error
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise WrongAddressError("scheme")
    if not parts.hostname or any(character.isspace() or ord(character) < 33 for character in url):
        raise WrongAddressError("host")
    if parts.username or parts.password:
        raise WrongAddressError("credentials")
    if parts.fragment:
        raise WrongAddressError("fragment")
    if port == 0:
        raise WrongAddressError("port")
    if not allow_private and is_private_name(parts.hostname):
        raise WrongAddressError("private")


def wait_asked_for(retry_after: str, now: datetime) -> timedelta:
    """How long a Retry-After header (RFC 9110: seconds or a date) asks to wait; zero for none or nonsense."""
    try:
        if retry_after.isascii() and retry_after.isdigit():
            wait = timedelta(seconds=min(int(retry_after), 10**6))
        else:
            wait = parsedate_to_datetime(retry_after) - now
    except (ValueError, TypeError, OverflowError):
        return timedelta(0)
    return max(timedelta(0), min(wait, LONGEST_WAIT))
