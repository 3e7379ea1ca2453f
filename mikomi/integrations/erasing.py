"""What the integrations keep of a person until it is pruned: uploaded files, what their rows were called, raw calls.

A file or a call can't be taken apart, so it goes whole; what was made of it stands in its own tables. It is found by
the person's addresses, numbers, ids and full name, wherever they stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mikomi.commerce.models import Order
from mikomi.core.files import queries as stored
from mikomi.core.tables.reading import open_table
from mikomi.customers.models import Customer, Identity
from mikomi.integrations.imports import keeping
from mikomi.integrations.models import ImportJob, ImportRow, ShopCall
from mikomi.integrations.shopify import applying
from mikomi.integrations.shopify.payload import SOURCE as SHOPIFY

_SHORTEST_KEY = 6
"""A shorter id of another system is a number like many; the files with it go when their time has come."""


_BETWEEN = r"[\s,・]{0,3}"
"""What may stand between the parts of a name; cells are on lines of their own."""


@dataclass(frozen=True, slots=True)
class _Person:
    """What tells a person. `keys`: addresses, numbers, ids; `names`: the parts of each name; `orders`: Shopify's ids of
    their orders; `labels`: what a row of theirs may be called."""

    keys: frozenset[str]
    names: frozenset[tuple[str, ...]]
    orders: frozenset[str]
    labels: frozenset[str]


def erase(customer_ids: Sequence[int]) -> None:
    """The step of the integrations when a customer is erased."""
    person = _person(list(customer_ids))
    imports, calls = list(_imports_naming(person)), _calls_naming(person)
    keeping.drop(imports)
    applying.drop(calls)
    ImportRow.objects.filter(label__in=person.labels).update(label="", params={})


def _person(ids: list[int]) -> _Person:
    known = Identity.objects.filter(customer_id__in=ids).values_list("value", "shown")
    shown = {word for pair in known for word in pair}
    people = Customer.objects.filter(pk__in=ids).values_list("family_name", "given_name")
    names = frozenset(parts for one in people if (parts := tuple(part.lower() for part in one if part)))
    orders = Order.objects.filter(customer_id__in=ids)
    numbers = set(orders.values_list("number", flat=True)) | set(orders.values_list("external_id", flat=True))
    shopify = orders.filter(source=SHOPIFY).values_list("external_id", flat=True)
    called = {gap.join(one).strip() for parts in people for one in (parts, parts[::-1]) for gap in ("", " ")}
    keys = frozenset(word.lower() for word in shown if len(word) >= _SHORTEST_KEY)
    return _Person(keys, names, frozenset(shopify), frozenset(called | shown | numbers) - {""})


def _imports_naming(person: _Person) -> Iterator[int]:
    """The imports in whose file a row names the person. One that is under way is left; its file goes with its time."""
    is_named, has_name = _finder(person.keys), _name_finder(person.names)
    under_way = [ImportJob.State.CHECKING, ImportJob.State.RUNNING]
    jobs = ImportJob.objects.exclude(content="measurements").exclude(state__in=under_way)
    for pk, file_id in jobs.values_list("pk", "file_id"):
        if any(is_named.search(row) or has_name.search(row) for row in _rows(file_id)):
            yield pk


def _rows(file_id: int) -> Iterator[str]:
    """The rows of a file as text, their cells on lines of their own. A file that is gone names nobody."""
    try:
        source = stored.source(file_id)
    except stored.FileMissingError:
        return
    with open_table(source) as table:
        for row in table.rows():
            yield "\n".join(row.cells).lower()


def _name_finder(names: frozenset[tuple[str, ...]]) -> re.Pattern[str]:
    """Finds a whole name in a row, in either order, in one cell or in two beside each other; one that has a single part
    as a cell of its own."""
    forms = {
        rf"(?<![a-z]){re.escape(one[0])}{_BETWEEN}{re.escape(one[1])}(?![a-z])"
        for parts in names
        if len(parts) > 1
        for one in (parts, parts[::-1])
    }
    forms |= {rf"^{re.escape(parts[0])}$" for parts in names if len(parts) == 1}
    return re.compile("|".join(sorted(forms)) or r"(?!)", re.MULTILINE)


def _calls_naming(person: _Person) -> list[int]:
    """The calls of shops, of those that ended, which are about the person or an order of theirs."""
    is_named, is_theirs = _finder(person.keys), _order_finder(person.orders)
    ended = ShopCall.objects.exclude(state=ShopCall.State.RECEIVED)
    found = []
    for pk, sha256 in ended.values_list("pk", "raw__sha256"):
        try:
            text = stored.read_content(sha256).decode("utf-8", "replace").lower()
        except stored.FileMissingError:
            continue
        if is_named.search(text) or is_theirs.search(text):
            found.append(pk)
    return found


def _finder(words: frozenset[str]) -> re.Pattern[str]:
    """Finds any of the words where it is no part of a longer one; nothing where there are none."""
    return re.compile(rf"(?<![\w.+-])(?:{_any_of(words)})(?![\w-])")


def _order_finder(ids: frozenset[str]) -> re.Pattern[str]:
    """Finds the id of an order in a call about it, or about a refund of it."""
    return re.compile(rf'"(?:order_)?id"\s*:\s*"?(?:{_any_of(ids)})\b')


def _any_of(words: frozenset[str]) -> str:
    return "|".join(map(re.escape, sorted(words))) or "(?!)"
