"""Reading the pages of one check: fetch, make a document, compare, note what follows from its links."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.timezone import localdate

from mikomi.core import clock
from mikomi.core.business.queries import business, zone
from mikomi.core.live.operations import publish
from mikomi.facts.fetching import Fetched, fetch
from mikomi.facts.models import Check, PageCopy, Touchpoint
from mikomi.facts.operations.contradicting import (
    Place,
    close_unlinked,
    finding_of,
    settle,
    settle_link,
)
from mikomi.facts.operations.registry import subject_of
from mikomi.facts.queries.book import read_book
from mikomi.facts.reading import html_page, json_document, sitemap_addresses, table_document
from mikomi.facts.reading.feeds import FeedError
from mikomi.facts.robots import Robots
from mikomi.facts.rules import urls
from mikomi.facts.rules.comparing import compare
from mikomi.facts.rules.documents import Document, from_data, to_data

Kind = Touchpoint.Kind
_DEAD = ("gone", "no_address")
_NO_FAILURES = ("robots", "too_large", "redirect_out")


class Reader:
    """One portion of a check: the facts as they are now, the rules of the sites, and what has been left out."""

    def __init__(self, check: Check, *, follows: bool = True) -> None:
        self.check = check
        self._follows = follows
        self.touchpoint = check.touchpoint
        self.robots = Robots(check.robots)
        self.remarks: Counter[str] = Counter(check.remarks)
        self._book = read_book()
        self._begun = clock.monotonic()
        self._queued = set(_queued(check).values_list("url", flat=True))
        self._traps = urls.Traps()
        for url in sorted(self._queued):
            self._traps.take(url)

    # The list of pages

    def queue(self, addresses: Iterable[str], *, depth: int, found_on: str) -> int:
        """Put pages on the list: of this site, not yet on it, no trap, within the most pages. Returns how many."""
        wanted = [url for url in addresses if self._wants(url, depth)]
        rows = {one.url_hash: one for one in self._copies(wanted)}
        for url in wanted:
            row = rows.get(page_hash(url)) or PageCopy(
                touchpoint=self.touchpoint, url=url, url_hash=page_hash(url)
            )
            row.depth, row.found_on, row.queued_in = depth, found_on[:1000], self.check.pk
            row.save()
        if wanted:
            Check.objects.filter(pk=self.check.pk).update(pages_known=F("pages_known") + len(wanted))
        return len(wanted)

    def _copies(self, wanted: Sequence[str]) -> list[PageCopy]:
        hashes = [page_hash(url) for url in wanted]
        return list(PageCopy.objects.filter(touchpoint=self.touchpoint, url_hash__in=hashes))

    def _wants(self, url: str, depth: int) -> bool:
        if url in self._queued or (depth and not urls.same_site(url, self.touchpoint.url)):
            return False
        reason = self._reason_against(url, depth)
        if reason:
            self.remarks[reason] += 1
            return False
        self._queued.add(url)
        return True

    def _reason_against(self, url: str, depth: int) -> str:
        if depth > self.touchpoint.max_depth:
            return "depth"
        if len(self._queued) >= self.touchpoint.max_pages:
            return "page_cap"
        if depth and self.robots.known_problem(url):
            return "robots"
        return self._traps.take(url) if depth else ""

    # One page

    def read(self, page: PageCopy) -> bool:
        """Fetch and compare one page. False: the check was stopped meanwhile, nothing was written."""
        fetched = self._fetch(page)
        document = self._document(page, fetched)
        with transaction.atomic():
            mine = Check.objects.select_for_update().filter(pk=self.check.pk, state=Check.State.RUNNING)
            if not mine.exists():
                return False
            found = self._judge(page, fetched, document)
            self._note(page, fetched, document, found)
        return True

    def _fetch(self, page: PageCopy) -> Fetched:
        return fetch(
            page.url,
            self._allowed,
            etag=page.etag if page.content else "",
            last_modified=page.last_modified if page.content else "",
            delay=self.robots.delay(page.url),
        )

    def _allowed(self, url: str) -> str:
        """Asked before each request. A link of our site that leads away is not ours; a listing may lie elsewhere."""
        if self.touchpoint.kind == Kind.SITE and not urls.same_site(url, self.touchpoint.url):
            return "redirect_out"
        return self.robots.problem(url)

    def _document(self, page: PageCopy, fetched: Fetched) -> Document | None:
        """What the page says; none where it could not be read. An unchanged page says what it said."""
        if fetched.status == 304:
            return from_data(page.url, page.content)
        if fetched.problem not in ("", "too_large"):
            return None
        try:
            return self._parsed(page, fetched)
        except FeedError as error:
            page.problem = error.code
            return None

    def _parsed(self, page: PageCopy, fetched: Fetched) -> Document | None:
        kind, currency = self.touchpoint.kind, business().currency
        if kind == Kind.CSV:
            return table_document(page.url, fetched.body, currency)
        if kind == Kind.JSON:
            return json_document(page.url, fetched.body, currency)
        if kind == Kind.SITEMAP and _is_sitemap(page, fetched):
            return Document(page.url, links=tuple(sitemap_addresses(page.url, fetched.body)))
        if fetched.content_type and not fetched.content_type.lower().startswith(
            ("text/", "application/xhtml")
        ):
            page.problem = "not_text"
            return None
        read = html_page(fetched.url, fetched.body, fetched.content_type)
        follows = kind == Kind.SITE and not read.nofollow
        return replace(read.document, address=page.url, links=read.document.links if follows else ())

    def _judge(self, page: PageCopy, fetched: Fetched, document: Document | None) -> int:
        """Contradictions of this page, and what its links add to the list."""
        found = 0
        if page.depth and page.found_on and self.touchpoint.kind in (Kind.SITE, Kind.SITEMAP):
            dead = fetched.problem in _DEAD
            found += settle_link(self.touchpoint, page.url, found_on=page.found_on, is_dead=dead)
        elif fetched.problem in _DEAD:
            found += settle_link(self.touchpoint, page.url, found_on="", is_dead=True)
        elif document is not None:
            settle_link(self.touchpoint, page.url, found_on="", is_dead=False)
        place = Place(page.url, document.title if document else "", self.touchpoint)
        if document is None:
            if fetched.problem == "gone":
                settle(place, [], closes="gone")
            return found
        if self._is_repeated(page, document):
            self.remarks["same"] += 1
            settle(place, [], closes="gone")
            return found
        self._follow(page, document)
        return found + self._compare(place, document)

    def _compare(self, place: Place, document: Document) -> int:
        today = localdate(clock.now(), zone())
        verdict = compare(document, self._book, today=today, about=self._about())
        return settle(place, [finding_of(one) for one in verdict.disagreements])

    def _about(self) -> list[str]:
        it = self.touchpoint
        found = [subject_of("product", None, None, it.product_code)] if it.product_code else []
        found += [subject_of("store", None, it.store_id, "")] if it.store_id else []
        return found + ([subject_of("brand", it.brand_id, None, "")] if it.brand_id else [])

    def _is_repeated(self, page: PageCopy, document: Document) -> bool:
        """Another page of this check says the same word for word: an address with many names, or a trap."""
        page.text_hash = page_hash("\n".join((document.title, *document.lines))) if document.lines else ""
        if not page.text_hash:
            return False
        others = PageCopy.objects.filter(
            touchpoint=self.touchpoint, read_in=self.check.pk, text_hash=page.text_hash
        )
        return others.exclude(pk=page.pk).exists()

    def _follow(self, page: PageCopy, document: Document) -> None:
        """The links of a site's pages and of sitemaps lead on; those of a single page don't."""
        if self._follows and self.touchpoint.kind in (Kind.SITE, Kind.SITEMAP):
            self.queue(document.links, depth=page.depth + 1, found_on=page.url)

    def _note(self, page: PageCopy, fetched: Fetched, document: Document | None, found: int) -> None:
        """Write what was read of the page, and how far the check is."""
        unchanged = fetched.status == 304
        page.read_in, page.read_at, page.status = self.check.pk, clock.now(), fetched.status
        page.problem = fetched.problem or ("" if document is not None else page.problem)
        if fetched.status == 200:
            page.etag, page.last_modified = fetched.etag, fetched.last_modified
            page.content = to_data(document) if document is not None else {}
        page.save()
        self.remarks["failed"] += bool(page.problem and page.problem not in _NO_FAILURES)
        self.remarks["robots"] += page.problem == "robots"
        Check.objects.filter(pk=self.check.pk).update(
            pages_done=F("pages_done") + 1,
            unchanged=F("unchanged") + int(unchanged),
            contradictions=F("contradictions") + found,
            remarks=dict(self.remarks),
            robots=self.robots.known,
        )
        publish([f"touchpoint:{self.touchpoint.pk}"])

    # The end

    def outcome(self) -> str:
        """Why the check is over."""
        first = PageCopy.objects.filter(touchpoint=self.touchpoint, read_in=self.check.pk, depth=0).first()
        if first is not None and first.problem in ("robots", "robots_gone"):
            return "robots"
        if first is not None and first.problem not in ("", "too_large"):
            return "unreachable"
        return "page_cap" if self.remarks["page_cap"] else "finished"

    def seconds(self) -> float:
        """Spent in this portion."""
        return clock.monotonic() - self._begun

    def note_time(self, seconds: float) -> None:
        """Add to the time that the check has taken."""
        Check.objects.filter(pk=self.check.pk).update(seconds=F("seconds") + seconds)

    def close_unlinked(self) -> None:
        """Settle the dead links that no page has any more."""
        close_unlinked(self.touchpoint, self._queued)


def _queued(check: Check) -> QuerySet[PageCopy]:
    return PageCopy.objects.filter(touchpoint=check.touchpoint, queued_in=check.pk)


def page_hash(text: str) -> str:
    """By which a page is known; addresses are too long for an index."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_sitemap(page: PageCopy, fetched: Fetched) -> bool:
    return page.depth == 0 or b"<sitemapindex" in fetched.body[:2_000] or b"<urlset" in fetched.body[:2_000]
