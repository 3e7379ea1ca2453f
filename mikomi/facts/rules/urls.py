"""Addresses of pages: one way to write each, which belong to a site, and which look like a trap. Pure."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from mikomi.core.addresses import is_private_name

LONGEST = 1_000
LONGEST_PATH_PARTS = 12
MOST_QUERIES = 12
"""Of one path with different queries so many are read; a shop's filters can be combined without end."""
MOST_OF_CALENDAR = 12
"""Of pages whose address names a month so many are read; a calendar has no last page."""
_SESSION = re.compile(
    r"^(?:utm_.*|gclid|fbclid|yclid|msclkid|_ga|phpsessid|jsessionid|sid|sessionid|ref|sort|order)$", re.I
)
_CALENDAR = re.compile(r"(?:19|20|21)\d\d[-/_]?(?:0?[1-9]|1[0-2])(?:\D|$)")
_CALENDAR_WORDS = re.compile(r"(?:^|[?&/_-])(?:cal(?:endar)?|month|year|date|day|week)(?:[=/_-]|$)", re.I)
_SKIPPED = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|json|pdf|zip|gz|mp[34]|mov|avi|woff2?|ttf|eot|docx?|xlsx?|pptx?|rss|atom)$",
    re.I,
)
_SAFE = "/%:@!$&'()*+,;=~-._"


class WrongUrlError(ValueError):
    """The address can't be checked. `code`: scheme, host, credentials, private or long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checked(url: str, *, allow_private: bool) -> str:
    """An address that a person typed, in its one way of writing. Raises `WrongUrlError`."""
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError as error:
        raise WrongUrlError("host") from error
    if parts.scheme not in ("http", "https"):
        raise WrongUrlError("scheme")
    if not parts.hostname or any(ord(char) < 33 for char in text) or port == 0:
        raise WrongUrlError("host")
    if parts.username or parts.password:
        raise WrongUrlError("credentials")
    if not allow_private and is_private_name(parts.hostname):
        raise WrongUrlError("private")
    if len(text) > LONGEST:
        raise WrongUrlError("long")
    normal = normalise(urlunsplit(parts))
    if normal is None:
        raise WrongUrlError("host")
    return normal


def normalise(url: str, base: str = "") -> str | None:
    """The one way to write an address: absolute, no fragment or tracking, the query sorted. None: no page."""
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username:
        return None
    place = f"[{host}]" if ":" in host else host
    if port and port != {"http": 80, "https": 443}[parts.scheme]:
        place += f":{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe=_SAFE, errors="surrogateescape") or "/"
    found = urlunsplit((parts.scheme, place, re.sub(r"/{2,}", "/", path), _query(parts.query), ""))
    return found if len(found) <= LONGEST else None


def _query(query: str) -> str:
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True)[:20] if not _SESSION.match(pair[0])]
    return urlencode(sorted(pairs))


def site(url: str) -> str:
    """Host and port: what robots.txt and the pace are for."""
    return urlsplit(url).netloc


def same_site(url: str, other: str) -> bool:
    """Whether both lie on one site; `www.` doesn't make another, nor does https."""
    return site(url).removeprefix("www.") == site(other).removeprefix("www.")


def is_page(url: str) -> bool:
    """False for pictures, programs and files by their ending."""
    return _SKIPPED.search(urlsplit(url).path) is None


class Traps:
    """Counts what has been taken of a site, and says why one more page is not: an endless calendar, endless queries."""

    def __init__(self) -> None:
        self._queries: Counter[str] = Counter()
        self._calendars: Counter[str] = Counter()

    def take(self, url: str) -> str:
        """Count this address. Answers why it is not to be read: path, queries or calendar; empty when it is."""
        parts = urlsplit(url)
        names = [part for part in parts.path.split("/") if part]
        if len(names) > LONGEST_PATH_PARTS or _repeats(names):
            return "path"
        if _is_calendar(parts.path + ("?" + parts.query if parts.query else "")):
            shape = f"{parts.netloc}{re.sub(r'[0-9]+', 'N', parts.path)}"
            self._calendars[shape] += 1
            if self._calendars[shape] > MOST_OF_CALENDAR:
                return "calendar"
        if parts.query:
            self._queries[parts.netloc + parts.path] += 1
            if self._queries[parts.netloc + parts.path] > MOST_QUERIES:
                return "queries"
        return ""


def _is_calendar(address: str) -> bool:
    return bool(_CALENDAR.search(address) or (_CALENDAR_WORDS.search(address) and re.search(r"\d", address)))


def _repeats(names: list[str]) -> bool:
    """/a/b/a/b/a/b: a relative link that goes round in a circle."""
    return any(count > 2 for count in Counter(names).values()) and len(names) > 5
