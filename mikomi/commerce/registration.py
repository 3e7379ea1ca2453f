"""What commerce says to the registries below it, once at start-up."""

from __future__ import annotations

from collections.abc import Collection

from mikomi.commerce import exports, feed, stock
from mikomi.commerce.models import Order, OrderLine, Product
from mikomi.commerce.operations import privacy
from mikomi.commerce.operations.standing import refresh_standing
from mikomi.commerce.operations.writing import SEARCH_KIND
from mikomi.core import exports as core_exports
from mikomi.core import lookups
from mikomi.core.access.rules import Permission
from mikomi.core.search import kinds
from mikomi.customers import erasure, portability
from mikomi.customers.operations.standing import register_recount
from mikomi.facts import feeds
from mikomi.promises import goods, quotable, subjects


def register() -> None:
    """Called by the app's `ready`."""
    core_exports.register(*exports.EXPORTS)
    kinds.register(SEARCH_KIND, Permission.ORDERS_VIEW)
    erasure.register("commerce", privacy.erase)
    portability.register("orders", privacy.export)
    register_recount("commerce", refresh_standing)
    subjects.register(subjects.SubjectKind(SEARCH_KIND, _views))
    subjects.register(subjects.SubjectKind("product", _product_views))
    quotable.register_products(SEARCH_KIND, _product_codes)
    goods.register(SEARCH_KIND, stock.shortages)
    feeds.register(feed.FEED)


def _views(ids: Collection[int]) -> dict[int, subjects.SubjectView]:
    numbers = lookups.rows(Order, ("id", "number"), id=ids)
    return {key: subjects.SubjectView(number, f"/orders/{key}") for key, number in numbers}


def _product_views(ids: Collection[int]) -> dict[int, subjects.SubjectView]:
    rows = Product.objects.filter(pk__in=ids)
    return {
        row.pk: subjects.SubjectView(f"{row.name} {row.variant}".strip(), f"/orders/products/{row.pk}")
        for row in rows
    }


def _product_codes(ids: Collection[int]) -> dict[int, str]:
    """What an order's first line is: how long it takes depends on it more than on the rest."""
    lines = OrderLine.objects.filter(order_id__in=ids).order_by("-order_id", "-id")
    return {order: sku for order, sku in lines.values_list("order_id", "sku") if sku}
