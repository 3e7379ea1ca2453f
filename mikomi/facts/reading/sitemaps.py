"""The addresses that a sitemap lists. Read by its marks only: no entity is resolved, whatever the file declares."""

from __future__ import annotations

import html
import re

from mikomi.facts.reading.html import decoded
from mikomi.facts.rules.urls import normalise

MOST = 5_000
_LOCATION = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,1000}?)\s*(?:\]\]>)?\s*</loc>", re.IGNORECASE)


def sitemap_addresses(address: str, data: bytes) -> tuple[list[str], bool]:
    """The addresses in a sitemap, and whether it is an index of further sitemaps."""
    text = decoded(data)
    found = (normalise(html.unescape(match[1]), address) for match in _LOCATION.finditer(text))
    listed = list(dict.fromkeys(one for one in found if one))[:MOST]
    return listed, "<sitemapindex" in text[:2_000].lower()
