"""What customers buy: products, orders, their lines, milestones and refunds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy


class Product(models.Model):
    """Something sold; one row per stock-keeping unit. What isn't known of price and stock is empty."""

    sku = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=500)
    variant = models.CharField(max_length=300, blank=True)
    price_minor = models.BigIntegerField(null=True, help_text="As the customer pays it.")
    currency = models.CharField(max_length=3, blank=True)
    price_known_at = models.DateTimeField(
        null=True, help_text="When the price was so; older news changes nothing."
    )
    on_hand = models.IntegerField(
        null=True,
        help_text="Counted when `stock_known_at`; below 0: sold beyond it. Empty: nobody counts it.",
    )
    stock_known_at = models.DateTimeField(null=True)
    less_orders = models.BooleanField(
        default=False,
        help_text="`on_hand` is what a source called available: less what orders until then still wanted.",
    )
    restock_on = models.DateField(null=True, help_text="The day on which more arrive, as far as known.")
    discontinued_at = models.DateTimeField(null=True, help_text="Since when it is no longer sold.")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["on_hand", "id"], name="product_counted", condition=models.Q(on_hand__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """One order as it stands; how it came to stand so is in `Milestone`."""

    class Payment(models.TextChoices):
        PENDING = "pending", pgettext_lazy("payment", "payment pending")
        PAID = "paid", pgettext_lazy("payment", "paid")
        PARTLY_REFUNDED = "partly_refunded", pgettext_lazy("payment", "partly refunded")
        REFUNDED = "refunded", pgettext_lazy("payment", "refunded")
        VOIDED = "voided", pgettext_lazy("payment", "voided")

    class Fulfilment(models.TextChoices):
        UNFULFILLED = "unfulfilled", pgettext_lazy("fulfilment", "not shipped")
        PARTIAL = "partial", pgettext_lazy("fulfilment", "partly shipped")
        SHIPPED = "shipped", pgettext_lazy("fulfilment", "shipped")
        DELIVERED = "delivered", pgettext_lazy("fulfilment", "delivered")

    source = models.CharField(max_length=32, help_text="shopify, base, csv, api…")
    external_id = models.CharField(max_length=128)
    number = models.CharField(max_length=64, help_text="As the customer knows it.")
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="orders",
        help_text="None: an anonymous sale at the counter.",
    )
    store = models.ForeignKey(
        "business.Store", on_delete=models.PROTECT, null=True, db_index=False, related_name="orders"
    )
    channel = models.CharField(max_length=64, blank=True, help_text="In the source's words: web, pos, app…")
    currency = models.CharField(max_length=3)
    subtotal_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    payment = models.CharField(
        max_length=16, choices=Payment.choices, blank=True, help_text="Empty: the source doesn't say."
    )
    payment_method = models.CharField(max_length=100, blank=True)
    fulfilment = models.CharField(max_length=12, choices=Fulfilment.choices, default=Fulfilment.UNFULFILLED)
    ordered_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(
        null=True, help_text="The delivery we owe: the date given, or asked for, with the order."
    )
    promised_by_day = models.BooleanField(default=False)
    requested_on = models.DateField(null=True, help_text="The day that the customer asked for.")
    requested_band = models.CharField(max_length=40, blank=True, help_text="The time of day, as given.")
    ship_by_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True, help_text="The newest estimate of arrival.")
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    destination_country = models.CharField(max_length=2, blank=True)
    destination_region = models.CharField(max_length=100, blank=True)
    destination_city = models.CharField(max_length=200, blank=True)
    destination_postal_code = models.CharField(max_length=20, blank=True)
    destination_lines = models.TextField(blank=True)
    recipient = models.CharField(max_length=300, blank=True)
    carrier = models.CharField(max_length=64, blank=True)
    tracking_number = models.CharField(max_length=128, blank=True)
    note = models.TextField(blank=True)
    source_updated_at = models.DateTimeField(
        null=True, help_text="By the source's clock: older news changes nothing."
    )
    content_hash = models.CharField(
        max_length=64, help_text="Of what the source said last: the same again is skipped."
    )
    parts: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="Hashes of the pieces in which a file brought it, where it came in several."
    )
    run = models.CharField(max_length=32, blank=True, help_text="The import that met it last.")
    recorded_at = models.DateTimeField()
    updated_at = models.DateTimeField(help_text="When the row was written last.")
    backfill = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "external_id"], name="order_once")]
        indexes: ClassVar = [
            models.Index(fields=["-ordered_at", "-id"], name="order_recent"),
            models.Index(fields=["customer", "-ordered_at", "-id"], name="order_customer"),
            models.Index(fields=["store", "-ordered_at", "-id"], name="order_store"),
            models.Index(
                fields=["-ordered_at", "-id"],
                name="order_open",
                condition=models.Q(cancelled_at=None, delivered_at=None),
            ),
            models.Index(fields=["updated_at"], name="order_touched"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line of an order. `key` is the source's own id of the line, or its place."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_index=False, related_name="lines")
    key = models.CharField(max_length=128)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="lines")
    sku = models.CharField(max_length=128, blank=True)
    name = models.CharField(max_length=500)
    variant = models.CharField(max_length=300, blank=True)
    quantity = models.IntegerField()
    unit_price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "key"], name="order_line_once")]


class Milestone(models.Model):
    """One moment in an order's life and when we came to know it. Added, never edited: history can be replayed."""

    class Kind(models.TextChoices):
        ORDERED = "ordered", pgettext_lazy("milestone", "ordered")
        PROMISED = "promised", pgettext_lazy("milestone", "promised")
        ESTIMATED = "estimated", pgettext_lazy("milestone", "estimate")
        SHIPPED = "shipped", pgettext_lazy("milestone", "shipped")
        DELIVERED = "delivered", pgettext_lazy("milestone", "delivered")
        CANCELLED = "cancelled", pgettext_lazy("milestone", "cancelled")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    known_at = models.DateTimeField(
        help_text="When we knew of it; for imported history when the source did: as it happened."
    )
    source = models.CharField(max_length=32)

    class Meta:
        ordering: ClassVar = ["known_at", "id"]


class Refund(models.Model):
    """Money given back on an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_index=False, related_name="refunds")
    external_id = models.CharField(max_length=128)
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "external_id"], name="refund_once")]
