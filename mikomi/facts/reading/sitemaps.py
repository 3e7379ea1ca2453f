"""The addresses that a sitemap lists. Read by its marks only: no entity is resolved, whatever the file declares."""

from __future__ import annotations

import html
import re

from mikomi.facts.reading.html import decoded
from mikomi.facts.rules.urls import normalise

MOST = 5_000
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,1000}?)\s*(?:\]\]>)?\s*</loc>", re.IGNORECASE)


def sitemap_addresses(address: str, data: bytes) -> list[str]:
    """The addresses of pages in a sitemap, or of further sitemaps in an index."""
    text = decoded(data)
    found = (normalise(html.unescape(match[1]), address) for match in _LOCATION.finditer(text))
    return list(dict.fromkeys(one for one in found if one))[:MOST]
