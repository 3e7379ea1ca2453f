"""Fetching one page politely and safely: a public address only, five redirects, two megabytes, ten seconds, and only
what robots.txt allows. The business's own pages are somebody's server too."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings

from mikomi import __version__
from mikomi.core import clock
from mikomi.core.calls import Answer, CallFailedError, Limits, call
from mikomi.facts.rules.urls import normalise, site

AGENT = "Mikomi"
USER_AGENT = f"{AGENT}/{__version__} (checks the pages of its own business)"
LARGEST = 2 * 1024 * 1024
SECONDS = 10.0
MOST_REDIRECTS = 5
PACE_SECONDS = 1.0
"""Between two requests to one site, unless its robots.txt asks for more."""
SLOWEST_SECONDS = 30.0
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it. `url`: where it was found in the end. `problem`: a code of `wording.PROBLEMS`, empty if all is
    well; `status` 304: it has not changed."""

    url: str
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    problem: str = ""


Allowed = Callable[[str], str]
"""A problem if this address may not be read, else an empty text. Asked before every request, also of redirects."""


@dataclass
class Pace:
    """When each site was asked last in this process, and how long it wants to rest."""

    _last: dict[str, float] = field(default_factory=dict)

    def wait(self, url: str, seconds: float) -> None:
        """Sleep until this site may be asked again."""
        host = site(url)
        rest = self._last.get(host, 0.0) + min(seconds, SLOWEST_SECONDS) - clock.monotonic()
        if host in self._last and rest > 0:
            time.sleep(rest)
        self._last[host] = clock.monotonic()


PACE = Pace()


def fetch(
    url: str, allowed: Allowed, *, etag: str = "", last_modified: str = "", delay: float | None = None
) -> Fetched:
    """Get a page, following redirects that are allowed. Doesn't raise: what went wrong is in `problem`."""
    headers = {"User-Agent": USER_AGENT, "Accept": "text/html,*/*;q=0.5", "Accept-Encoding": "identity"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified and not etag else {}
    here = url
    for _hop in range(MOST_REDIRECTS + 1):
        if problem := allowed(here):
            return Fetched(here, problem=problem)
        PACE.wait(here, PACE_SECONDS if delay is None else delay)
        try:
            answer = call(
                "GET",
                here,
                headers,
                allow_private=settings.ALLOW_PRIVATE_PAGES,
                limits=Limits(SECONDS, LARGEST),
            )
        except CallFailedError as error:
            return Fetched(here, problem=error.reason)
        if answer.status not in _REDIRECTS:
            return _fetched(here, answer)
        target = normalise(answer.headers.get("location", ""), here)
        if target is None:
            return Fetched(here, answer.status, problem="protocol")
        here = target
    return Fetched(here, problem="redirects")


def _fetched(url: str, answer: Answer) -> Fetched:
    body, cut = _unpacked(answer)
    headers = answer.headers
    return Fetched(
        url,
        answer.status,
        body,
        headers.get("content-type", ""),
        headers.get("etag", "")[:200],
        headers.get("last-modified", "")[:64],
        _problem(answer.status) or ("too_large" if cut else ""),
    )


def _problem(status: int) -> str:
    if 200 <= status < 300 or status == 304:
        return ""
    if status in (404, 410):
        return "gone"
    return "refused" if status < 500 else "server"


def _unpacked(answer: Answer) -> tuple[bytes, bool]:
    """We ask for plain bytes; some servers pack them all the same. Unpacked no further than to the limit."""
    if answer.headers.get("content-encoding", "").lower() not in ("gzip", "x-gzip", "deflate"):
        return answer.body, answer.cut
    unpacker = zlib.decompressobj(wbits=47)
    try:
        body = unpacker.decompress(answer.body, LARGEST)
    except zlib.error:
        return b"", answer.cut
    return body, answer.cut or bool(unpacker.unconsumed_tail)
