"""Orders: what was bought, and when it was promised, shipped, delivered."""

from __future__ import annotations

from typing import Any

from ninja import Query

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import orders as shapes
from mikomi.api.shapes import products
from mikomi.api.shapes.common import Id, ListOf, PageOf, page
from mikomi.commerce import operations, queries
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business
from mikomi.customers import queries as customers

router = Family("orders")
VIEW, EDIT = Permission.ORDERS_VIEW, Permission.ORDERS_EDIT


@router.get("/orders", may=VIEW, gives=PageOf[shapes.OrderOut])
def list_orders(request: Call, wanted: Query[shapes.OrderFilter]) -> Any:
    """Orders, the newest first."""
    found = queries.orders(
        actor=request.actor,
        view=wanted.view.value,
        customer_ids=customers.ids_of(wanted.customer_id) if wanted.customer_id else None,
        store_id=wanted.store_id,
        text=wanted.text,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    names = customers.display([row.customer for row in found.items if row.customer])
    return page(found.map(lambda row: shapes.OrderOut.of(row, names)))


@router.post("/orders", may=EDIT, gives=ListOf[shapes.RecordedOut])
def record_orders(request: Call, given: shapes.OrdersIn) -> Any:
    """Record orders, new ones and news of known ones, in any order and however often."""
    if given.store_id:
        business.stores().get(pk=given.store_id)
    done = operations.record_orders(
        actor=request.actor,
        orders=[one.to_record(given.source) for one in given.orders],
        source=given.source,
        backfill=given.backfill,
        store_id=given.store_id,
    )
    pairs = zip(given.orders, done, strict=True)
    return {"items": [shapes.RecordedOut.of(order, result) for order, result in pairs]}


@router.get("/orders/{order_id}", may=VIEW, gives=shapes.OrderDetail)
def get_order(request: Call, order_id: Id) -> Any:
    """An order with lines, steps and refunds."""
    return _one(request, order_id)


@router.post("/orders/{order_id}/milestones", may=EDIT, sees=VIEW, gives=shapes.OrderDetail)
def report_milestone(request: Call, order_id: Id, step: shapes.MilestoneIn) -> Any:
    """Report that an order was shipped or delivered, or when it is expected now."""
    fields: Any = step.model_dump()
    operations.report_milestone(actor=request.actor, order_id=order_id, **fields)
    return _one(request, order_id)


@router.get("/products", may=VIEW, gives=PageOf[products.ProductOut])
def list_products(request: Call, wanted: Query[products.ProductFilter]) -> Any:
    """Products by SKU, with what is on hand and what may still be promised."""
    found = queries.products(
        actor=request.actor, view=wanted.view, text=wanted.text, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(products.ProductOut.of))


@router.post("/products", may=EDIT, gives=ListOf[products.RecordedProductOut])
def record_products(request: Call, given: products.ProductsIn) -> Any:
    """Record prices and stock by SKU, new products and known ones; older news changes nothing."""
    done = operations.record_products(
        actor=request.actor, products=[one.to_record() for one in given.products], source=given.source
    )
    pairs = zip(given.products, done, strict=True)
    return {"items": [products.RecordedProductOut.of(one.sku, result) for one, result in pairs]}


@router.get("/products/{product_id}", may=VIEW, gives=products.ProductOut)
def get_product(request: Call, product_id: Id) -> Any:
    """A product with the orders that go without it."""
    return products.ProductOut.of(queries.product(actor=request.actor, product_id=product_id))


def _one(request: Call, order_id: int) -> shapes.OrderDetail:
    row = queries.order(actor=request.actor, order_id=order_id)
    return shapes.OrderDetail.of(row, customers.display([row.customer] if row.customer else []))
