"""What servers found out about the sender: Authentication-Results (RFC 8601). Pure.

Anybody can write such a header. Only the topmost one under the name of the business's own server counts; RFC 8601, 5
wants that server to take out every other header that carries its name.
"""

import re
from collections.abc import Iterable

from .parsed import Authentication

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.I)
_MAX_RESULTS = 60
_BEST_FIRST = ("pass", "fail", "softfail", "policy", "neutral", "temperror", "permerror", "none")


def authentication_of(value: str) -> Authentication:
    """One header. Several signatures count as one that passes if any of them does."""
    text = value
    for _level in range(5):  # comments may nest
        text = _COMMENT.sub(" ", text)
    server, _semicolon, rest = text.partition(";")
    found: dict[str, str] = {}
    for part in rest.split(";")[:_MAX_RESULTS]:
        if match := _RESULT.match(part):
            method, verdict = match[1].lower(), match[2].lower()
            if method not in found or _rank(verdict) < _rank(found[method]):
                found[method] = verdict
    name = (server.split() or [""])[0].lower().strip('"')
    return Authentication(found.get("spf", ""), found.get("dkim", ""), found.get("dmarc", ""), server=name)


def _rank(verdict: str) -> int:
    return _BEST_FIRST.index(verdict) if verdict in _BEST_FIRST else len(_BEST_FIRST)


def trusted_authentication(values: Iterable[str], server: str) -> Authentication | None:
    """The topmost header of the server that is trusted; none where it wrote none, or no server is trusted."""
    wanted = server.strip().lower()
    if not wanted:
        return None
    return next((one for value in values if (one := authentication_of(value)).server == wanted), None)
