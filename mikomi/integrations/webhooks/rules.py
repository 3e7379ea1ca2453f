"""Which addresses may be called, when a call is repeated, when an endpoint is switched off. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

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

_NAT64 = ip_network("64:ff9b::/96")


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
    if not allow_private and _is_private_name(parts.hostname):
        raise WrongAddressError("private")


def _is_private_name(host: str) -> bool:
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return not is_public(name)


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open Internet, also when it hides an IPv4 address inside an IPv6 one."""
    ip = ip_address(address.partition("%")[0])
    inner = _inner(ip)
    if inner is not None:
        ip = inner
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(ip, IPv4Address):
        return None
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


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
