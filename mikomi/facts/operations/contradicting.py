"""Keeping the list of contradictions: what is new is added, what is seen again stays, what agrees is closed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from mikomi.core import clock
from mikomi.core.business.queries import zone
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.facts import events, sources
from mikomi.facts.models import Contradiction, Fact, Touchpoint
from mikomi.facts.queries.book import read_book
from mikomi.facts.queries.quoting import said
from mikomi.facts.records import OwnText
from mikomi.facts.rules import keys
from mikomi.facts.rules.comparing import Disagreement, compare
from mikomi.facts.rules.documents import Document
from mikomi.facts.rules.known import Book
from mikomi.facts.rules.severity import severity
from mikomi.facts.rules.values import Value, differs, from_json, to_json

State, What = Contradiction.State, Contradiction.What
_RANKS = {"high": 0, "normal": 1, "low": 2}
_LIVE = (State.OPEN, State.IGNORED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: a page of a touchpoint, or one of our own texts."""

    address: str
    title: str = ""
    touchpoint: Touchpoint | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place. `found`: the value as JSON, or the address of a dead link."""

    what: str
    found: dict[str, Any] | None
    snippet: str
    fact_id: int | None = None
    kind: str = ""
    is_former: bool = False
    value: Value | None = None
    """What the fact says."""


def finding_of(one: Disagreement) -> Finding:
    """A disagreement of a text with a fact."""
    fact = one.fact
    return Finding(one.what, to_json(one.found), one.snippet, fact.id, fact.kind, one.is_former, fact.value)


@transaction.atomic
def settle(place: Place, findings: Sequence[Finding], *, closes: str = "agrees") -> int:
    """What is wrong at a place now: new ones are added, the others of this place closed. Returns how many are open.

    Dead links are settled by `settle_link`.
    """
    now = clock.now()
    live = _of_place(place)
    known = {row.signature: row for row in live}
    seen = {_signature(place, one): one for one in findings}
    for signature, one in seen.items():
        row = known.get(signature)
        if row is None:
            _add(place, one, signature, now)
        else:
            _seen_again(row, one, now)
    _close([row for row in live if row.signature not in seen], closes, now)
    return len(seen)


def _of_place(place: Place) -> list[Contradiction]:
    rows = Contradiction.objects.select_for_update().filter(state__in=_LIVE, place=place.address)
    rows = rows.filter(touchpoint=place.touchpoint, source=place.source)
    return list(rows.exclude(what=What.DEAD_LINK))


def _signature(place: Place, one: Finding) -> str:
    parts = [
        place.touchpoint.pk if place.touchpoint else 0, place.source, place.address, one.what,
        one.fact_id or 0, one.found,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _add(place: Place, one: Finding, signature: str, now: datetime) -> None:
    fact = Fact.objects.prefetch_related("versions").filter(pk=one.fact_id or 0).first()
    how_bad = _severity(one)
    since = _wrong_since(one, fact) or now
    row = Contradiction.objects.create(
        what=one.what, severity=how_bad, rank=_RANKS[how_bad], fact=fact, touchpoint=place.touchpoint,
        source=place.source, place=place.address[:1000], title=place.title[:300], found=one.found,
        snippet=one.snippet[:1000], is_former=one.is_former, signature=signature,
        owner_id=fact.owner_id if fact else None, wrong_since=since, first_seen_at=now, last_seen_at=now,
        seen_count=_seen(place, since),
    )  # fmt: skip
    owner = row.owner_id
    record(events.ContradictionFound(row.pk, Code(row.what), Code(how_bad), row.fact_id, owner))
    publish(["today"])


def _severity(one: Finding) -> str:
    found = from_json(one.found) if one.found and "type" in one.found else None
    return severity(kind=one.kind, what=one.what, fact=one.value, found=found)


def _wrong_since(one: Finding, fact: Fact | None) -> datetime | None:
    """What was true once is wrong since the version that replaced it began."""
    if fact is None or not one.is_former or one.found is None:
        return None
    found = from_json(one.found)
    replaced = None
    for version in sorted(fact.versions.all(), key=lambda version: version.number):
        if differs(from_json(version.value), found):
            replaced = replaced or version.valid_from or version.recorded_at
        else:
            replaced = None
    return replaced if replaced and replaced <= clock.now() else None


def _seen(place: Place, since: datetime) -> int | None:
    source = next((one for one in sources.all_sources() if one.name == place.source), None)
    return source.seen(place.address, since) if source else None


def _seen_again(row: Contradiction, one: Finding, now: datetime) -> None:
    row.last_seen_at, row.snippet = now, one.snippet[:1000]
    if row.source:
        row.seen_count = _seen(Place(row.place, source=row.source), row.wrong_since)
    row.save(update_fields=["last_seen_at", "snippet", "seen_count"])


def _close(rows: Iterable[Contradiction], because: str, now: datetime) -> None:
    for row in rows:
        row.state, row.closed_at, row.closed_because = State.CLOSED, now, because
        row.save(update_fields=["state", "closed_at", "closed_because"])
        record(events.ContradictionClosed(row.pk, Code(because)))
        publish(["today"])


@transaction.atomic
def settle_link(touchpoint: Touchpoint, url: str, *, found_on: str, is_dead: bool) -> int:
    """A link leads nowhere, or somewhere again."""
    now = clock.now()
    place = Place(found_on or url, touchpoint=touchpoint)
    one = Finding(What.DEAD_LINK, {"url": url}, url)
    rows = Contradiction.objects.select_for_update().filter(
        touchpoint=touchpoint, what=What.DEAD_LINK, state__in=_LIVE, found__url=url
    )
    live = list(rows)
    if not is_dead:
        _close(live, "agrees", now)
        return 0
    if live:
        _seen_again(live[0], one, now)
    else:
        _add(place, one, _signature(place, one), now)
    return 1


@transaction.atomic
def close_unlinked(touchpoint: Touchpoint, linked: Iterable[str]) -> None:
    """After a whole site was read: a dead link that no page has any more is settled."""
    rows = Contradiction.objects.select_for_update().filter(
        touchpoint=touchpoint, what=What.DEAD_LINK, state__in=_LIVE
    )
    still = set(linked)
    gone = [row for row in rows if (row.found or {}).get("url") not in still]
    _close(gone, "agrees", clock.now())


# Our own texts


def check_own_texts(source: str = "") -> int:
    """Compare our own texts with the facts: what is typed by hand and wrong, what quotes a fact that can't be said.

    Returns how many contradictions there are. All sources, or one.
    """
    book = read_book()
    chosen = [one for one in sources.all_sources() if source in ("", one.name)]
    return sum(_check_source(one, book) for one in chosen)


def _check_source(source: sources.Source, book: Book) -> int:
    texts = list(source.texts())
    count = sum(_check_text(source.name, one, book) for one in texts)
    places = [one.path for one in texts]
    with transaction.atomic():
        rows = Contradiction.objects.select_for_update().filter(source=source.name, state__in=_LIVE)
        _close(list(rows.exclude(place__in=places)), "gone", clock.now())
    return count


def _check_text(source: str, text: OwnText, book: Book) -> int:
    lines = tuple(keys.without_quotes(text.text.splitlines()))
    today = localdate(clock.now(), zone())
    verdict = compare(Document(text.path, text.title, lines), book, today=today, about=text.about)
    findings = [finding_of(one) for one in verdict.disagreements] + _broken_quotes(text)
    place = Place(text.path, text.title, source=source)
    return settle(place, findings) if findings or _of_place_exists(place) else 0


def _of_place_exists(place: Place) -> bool:
    return Contradiction.objects.filter(state__in=_LIVE, source=place.source, place=place.address).exists()


def _broken_quotes(text: OwnText) -> list[Finding]:
    wanted = keys.quoted(text.text)
    problems = said(wanted, "en").problems if wanted else {}
    ids = dict(Fact.objects.filter(key__in=list(problems)).values_list("key", "pk"))
    return [
        Finding(What.BROKEN_QUOTE, {"key": key}, f"{{{{ fact.{key} }}}}", ids.get(key)) for key in problems
    ]
