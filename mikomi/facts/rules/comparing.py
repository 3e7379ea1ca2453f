"""A text against the facts: what it says of a product, a store or the business that isn't so. Pure.

A value counts for a fact when the text names what the fact is of: in its line before the value, in the three lines
above, or because the whole page is about it. A shipping fee is no price, a former price none either, the hours of
the telephone are not those of the shop. A page about one product contradicts its price only if no price on it agrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from mikomi.facts.rules.documents import Document, Offer
from mikomi.facts.rules.extraction import Found, extract, tidy
from mikomi.facts.rules.extraction.words import DISCONTINUED, STOCK
from mikomi.facts.rules.known import BUSINESS, Book, Known, folded
from mikomi.facts.rules.values import (
    Day,
    Duration,
    Hours,
    Number,
    Phone,
    Price,
    Value,
    YesNo,
    differs,
)

REACH = 3
"""So many lines below a name it is still the one that is spoken of."""
SNIPPET = 200
WRONG, DEAD_PRODUCT = "wrong", "dead_product"
_HOURS_SAID = re.compile(r"営業|開店|閉店|開館|定休|open|hours|closed|平日|weekday", re.IGNORECASE)
_OTHER_MATTER = re.compile(r"交換|返品|返金|再送|代替品|replace|return|refund|exchange", re.IGNORECASE)
"""How soon we send a replacement is another time than how soon we send an order."""
_FAX = re.compile(r"fax|ファックス|ファクス", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place where a text says something else than a fact. `what`: wrong or dead_product; `is_former`: what it says
    was true once."""

    fact: Known
    what: str
    found: Value
    snippet: str
    is_former: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """All disagreements of a document, and the ids of the facts that it says rightly."""

    disagreements: list[Disagreement]
    agreeing: frozenset[int]


@dataclass
class _Reading:
    """What is known while a document is read."""

    book: Book
    today: date
    region: str
    page: dict[str, str]
    """The page's own product and store, by `product` and `store`."""
    wrong: list[Disagreement] = field(default_factory=list)
    maybe: list[Disagreement] = field(default_factory=list)
    """Prices that count only if none on the page agrees."""
    right: set[int] = field(default_factory=set)
    offered: dict[str, str] = field(default_factory=dict)
    """Products that can be bought here by this text, and where it says so."""
    ended: set[str] = field(default_factory=set)
    """Products that the text itself calls discontinued."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, what it is about, and the line above."""

    text: str
    above: str
    mentions: list[tuple[int, str]]
    context: dict[str, str]
    found: list[Found]


def compare(
    document: Document, book: Book, *, today: date, about: Iterable[str] = (), region: str = "JP"
) -> Verdict:
    """What the document says against the facts. `about`: subjects that the whole page is known to speak of."""
    reading = _Reading(book, today, region, _page_subjects(document, book, about))
    for offer in document.offers:
        _read_offer(reading, offer)
    for line in _lines(document, reading):
        for found in line.found:
            _read_found(reading, line, found)
    wrong = reading.wrong + [one for one in reading.maybe if one.fact.id not in reading.right]
    wrong += _dead_products(reading)
    return Verdict(_once(wrong), frozenset(reading.right))


def _page_subjects(document: Document, book: Book, about: Iterable[str]) -> dict[str, str]:
    """The one product, and the one store, that a page is about."""
    named = list(about)
    if not any(one.startswith("product:") for one in named):
        named += {found for offer in document.offers if (found := book.subject_named(offer.code))}
        named += [subject for _place, subject in book.mentions(document.title)]
    page: dict[str, str] = {}
    for sort in ("product", "store"):
        candidates = dict.fromkeys(one for one in named if one.startswith(f"{sort}:"))
        if len(candidates) == 1:
            page[sort] = next(iter(candidates))
    return page


def _lines(document: Document, reading: _Reading) -> Iterator[_Line]:
    context: dict[str, tuple[str, int]] = {}
    above = ""
    for number, raw in enumerate(document.lines):
        text = tidy(raw)
        mentions = reading.book.mentions(text)
        context = {sort: (subject, at) for sort, (subject, at) in context.items() if number - at <= REACH}
        near = {sort: subject for sort, (subject, _at) in context.items()}
        yield _Line(text, above, mentions, near, extract(text, region=reading.region))
        for sort in {_sort(subject) for _place, subject in mentions}:
            subjects = {subject for _place, subject in mentions if _sort(subject) == sort}
            if len(subjects) == 1:
                context[sort] = (subjects.pop(), number)
            else:
                context.pop(sort, None)
        above = text


def _sort(subject: str) -> str:
    return subject.partition(":")[0]


def _subject(reading: _Reading, line: _Line, sort: str, at: int) -> tuple[str | None, bool]:
    """Whom a value at a place of the line is about, and whether only the page as a whole says so."""
    own = [(place, subject) for place, subject in line.mentions if _sort(subject) == sort]
    before = [subject for place, subject in own if place <= at]
    if own:
        return (before[-1] if before else own[0][1]), False
    if sort in line.context:
        return line.context[sort], False
    return reading.page.get(sort), True


def _read_found(reading: _Reading, line: _Line, found: Found) -> None:
    value = found.value
    if isinstance(value, Phone):
        _read_phone(reading, line, found, value)
    elif isinstance(value, Hours):
        _read_hours(reading, line, found)
    elif isinstance(value, Price):
        _read_price(reading, line, found)
    elif isinstance(value, YesNo):
        _read_state(reading, line, found, value)
    elif isinstance(value, Duration | Number | Day):
        _read_labelled(reading, line, found)


def _judge(reading: _Reading, fact: Known, found: Value, line: str, *, maybe: bool = False) -> None:
    if type(fact.value) is not type(found):
        return
    if not differs(fact.value, found):
        reading.right.add(fact.id)
        return
    former = any(type(old) is type(found) and not differs(old, found) for old in fact.former)
    one = Disagreement(fact, WRONG, found, snippet(line), former)
    (reading.maybe if maybe else reading.wrong).append(one)


# Telephone numbers: on our own pages every number is ours, so one that no fact knows is wrong


def _read_phone(reading: _Reading, line: _Line, found: Found, value: Phone) -> None:
    facts = [fact for fact in reading.book.facts if fact.kind == "phone"]
    knowing = [fact for fact in facts if fact.value == value]
    if knowing:
        reading.right.update(fact.id for fact in knowing)
        return
    is_fax = found.mark == "fax"
    fitting = [fact for fact in facts if _is_fax(fact) == is_fax]
    former = [fact for fact in fitting if value in fact.former]
    fact = next(iter(former), None) or _phone_meant(reading, line, found, fitting)
    if fact:
        _judge(reading, fact, value, line.text)


def _is_fax(fact: Known) -> bool:
    return any(_FAX.search(word) for word in (*fact.labels, fact.key))


def _phone_meant(reading: _Reading, line: _Line, found: Found, facts: list[Known]) -> Known | None:
    labelled = [fact for fact in facts if fact.words and _label_place(fact, line, found.start) >= 0]
    if labelled:
        return labelled[0]
    store, _page = _subject(reading, line, "store", found.start)
    plain = [fact for fact in facts if not fact.words]
    of_store = [fact for fact in plain if store and fact.subject == store]
    general = sorted(
        (fact for fact in plain if fact.subject == BUSINESS), key=lambda fact: "main" not in fact.key
    )
    return next(iter(of_store or general), None)


# Opening hours


def _read_hours(reading: _Reading, line: _Line, found: Found) -> None:
    store, _page = _subject(reading, line, "store", found.start)
    facts = [fact for fact in reading.book.of(store or BUSINESS) if fact.kind == "hours"]
    if store and not facts:
        facts = [fact for fact in reading.book.of(BUSINESS) if fact.kind == "hours"]
    labelled = [fact for fact in facts if fact.words and _label_place(fact, line, found.start) >= 0]
    plain = [fact for fact in facts if not fact.words]
    if labelled:
        _judge(reading, labelled[0], found.value, line.text)
    elif plain and not found.mark and _speaks_of_opening(line, found):
        _judge(reading, plain[0], found.value, line.text)


def _speaks_of_opening(line: _Line, found: Found) -> bool:
    if any(isinstance(one.value, Day) for one in line.found):
        return False  # the hours of one day
    value = found.value
    names_days = isinstance(value, Hours) and any(spans is not None for spans in value.week)
    return bool(names_days or _HOURS_SAID.search(line.text) or _HOURS_SAID.search(line.above))


# Prices


def _read_price(reading: _Reading, line: _Line, found: Found) -> None:
    product, only_page = _subject(reading, line, "product", found.start)
    general = [fact for fact in reading.book.of(BUSINESS) if fact.kind == "price" and fact.words]
    for fact in general:
        if _label_place(fact, line, found.start) >= 0 and found.mark in ("", "fee"):
            _judge(reading, fact, found.value, line.text)
            return
    facts = [fact for fact in reading.book.of(product or BUSINESS) if fact.kind == "price"] if product else []
    labelled = [fact for fact in facts if fact.words and _label_place(fact, line, found.start) >= 0]
    chosen = labelled or [fact for fact in facts if not fact.words]
    if not product or found.mark:
        return
    reading.offered.setdefault(product, line.text)
    if chosen:
        several = sum(isinstance(one.value, Price) and not one.mark for one in line.found) > 1
        _judge(reading, chosen[0], found.value, line.text, maybe=only_page or several)


# In stock, discontinued


def _read_state(reading: _Reading, line: _Line, found: Found, value: YesNo) -> None:
    product, _only_page = _subject(reading, line, "product", found.start)
    if not product:
        return
    if found.mark == DISCONTINUED and value.yes:
        reading.ended.add(product)
    elif found.mark == STOCK and value.yes:
        reading.offered.setdefault(product, line.text)
    for fact in reading.book.of(product):
        if fact.kind == found.mark:
            _judge_state(reading, fact, value, line.text)


def _judge_state(reading: _Reading, fact: Known, value: YesNo, line: str) -> None:
    """Stock may be counted and an end dated: both are yes or no to a reader. A live offer of what is discontinued
    is `dead_product`, told once for the page."""
    now = state(fact, reading.today)
    if now is None or (fact.kind == DISCONTINUED and now and not value.yes):
        return
    _judge(reading, replace(fact, value=YesNo(now)), value, line)


def state(fact: Known, today: date) -> bool | None:
    """Yes or no of a fact that answers a question today; none for one that doesn't."""
    value = fact.value
    if isinstance(value, YesNo):
        return value.yes
    if isinstance(value, Day):
        return value.day <= today
    return value.amount > 0 if isinstance(value, Number) else None


def _dead_products(reading: _Reading) -> Iterator[Disagreement]:
    for subject, line in reading.offered.items():
        for fact in reading.book.of(subject):
            if fact.kind == DISCONTINUED and state(fact, reading.today) and subject not in reading.ended:
                yield Disagreement(fact, DEAD_PRODUCT, YesNo(False), snippet(line))


# Durations, numbers and dates: the line names them


def _read_labelled(reading: _Reading, line: _Line, found: Found) -> None:
    if found.mark:
        return
    product, _only_page = _subject(reading, line, "product", found.start)
    store, _page = _subject(reading, line, "store", found.start)
    subjects = [one for one in (product, store, BUSINESS) if one is not None]
    facts = [
        fact
        for subject in subjects
        for fact in reading.book.of(subject)
        if fact.kind in ("lead", "spec", "price") and type(fact.value) is type(found.value)
    ]
    if _OTHER_MATTER.search(line.text):
        facts = [fact for fact in facts if fact.kind != "lead" or fact.labels]
    placed = [(_label_place(fact, line, found.start), -rank, fact) for rank, fact in enumerate(facts)]
    named = [one for one in placed if one[0] >= 0]
    if named:
        _judge(reading, max(named, key=lambda one: one[:2])[2], found.value, line.text)


def _label_place(fact: Known, line: _Line, at: int) -> int:
    """Where the line names the thing before the value, else after it; -1: neither here nor in a short line above.

    A nearer name before the value goes first.
    """
    text = folded(line.text)
    words = [folded(word) for word in fact.words if word.strip()]
    before = max((text.rfind(word, 0, at) for word in words), default=-1)
    if before >= 0:
        return before + 2
    if any(text.find(word, at) >= 0 for word in words):
        return 1
    above = folded(line.above)
    return 0 if len(above) <= 20 and any(word in above for word in words) else -1


# Structured offers


def _read_offer(reading: _Reading, offer: Offer) -> None:
    subject = reading.book.subject_named(offer.code) if offer.code else None
    subject = subject or (reading.book.subject_named(offer.name) if offer.name else None)
    if subject is None:
        return
    words = " ".join(part for part in (offer.code, offer.name, _amount(offer)) if part)
    if offer.discontinued:
        reading.ended.add(subject)
    elif offer.in_stock is not False:
        reading.offered.setdefault(subject, words)
    for fact in reading.book.of(subject):
        if fact.kind == "price" and offer.price and not fact.words:
            _judge(reading, fact, offer.price, words)
        elif fact.kind == STOCK and offer.in_stock is not None:
            _judge_state(reading, fact, YesNo(offer.in_stock), words)
        elif fact.kind == DISCONTINUED and offer.discontinued is not None:
            _judge_state(reading, fact, YesNo(offer.discontinued), words)


def _amount(offer: Offer) -> str:
    return f"{offer.price.minor} {offer.price.currency}" if offer.price else ""


def _once(found: Iterable[Disagreement]) -> list[Disagreement]:
    """The same thing said twice on a page is one disagreement."""
    kept: dict[tuple[int, str, str], Disagreement] = {}
    for one in found:
        kept.setdefault((one.fact.id, one.what, repr(one.found)), one)
    return list(kept.values())


def snippet(line: str) -> str:
    """The line, cut where it is long."""
    text = tidy(line)
    return text if len(text) <= SNIPPET else text[: SNIPPET - 1] + "…"
