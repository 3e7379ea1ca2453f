"""Facts: what is true of the business, said in one place, with who answers for it and how it came to be so."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing


class Fact(Changing):
    """One fact. Its values are its versions; the one that counts now follows from the time (`rules.versions`)."""

    class Kind(models.TextChoices):
        PRICE = "price", pgettext_lazy("kind of fact", "price")
        HOURS = "hours", pgettext_lazy("kind of fact", "opening hours")
        PHONE = "phone", pgettext_lazy("kind of fact", "telephone number")
        LEAD = "lead", pgettext_lazy("kind of fact", "lead time")
        SPEC = "spec", pgettext_lazy("kind of fact", "specification")
        STOCK = "stock", pgettext_lazy("kind of fact", "stock")
        DISCONTINUED = "discontinued", pgettext_lazy("kind of fact", "discontinued")
        TEXT = "text", pgettext_lazy("kind of fact", "free text")

    class Scope(models.TextChoices):
        BUSINESS = "business", pgettext_lazy("scope of a fact", "the whole business")
        BRAND = "brand", pgettext_lazy("scope of a fact", "a brand")
        STORE = "store", pgettext_lazy("scope of a fact", "a store")
        PRODUCT = "product", pgettext_lazy("scope of a fact", "a product")

    key = models.CharField(max_length=120, unique=True, help_text="How texts quote it: fact.KEY.")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    label = models.CharField(max_length=200, help_text="What it is called among colleagues.")
    aspect = models.CharField(
        max_length=64, blank=True, help_text="Which of several of its kind: weight, delivery, main."
    )
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.BUSINESS)
    brand = models.ForeignKey("business.Brand", on_delete=models.PROTECT, null=True, related_name="+")
    store = models.ForeignKey("business.Store", on_delete=models.PROTECT, null=True, related_name="+")
    product_code = models.CharField(max_length=128, blank=True)
    subject = models.CharField(
        max_length=160,
        blank=True,
        help_text="What it is of, in one word: product:g1, store:3; empty: the business.",
    )
    names: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="How texts name what it is of, besides the code."
    )
    labels: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="How texts call the thing itself: 重さ, weight."
    )
    owner = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="facts")
    feed = models.CharField(max_length=40, blank=True, help_text="What feeds it; empty: people write it.")
    also_fed_by = models.CharField(
        max_length=40,
        blank=True,
        help_text="A feed that would give it as well: two sources, a person decides.",
    )
    review_on = models.DateField(null=True, help_text="When its owner looks whether it is still so.")
    version_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject", "aspect"],
                name="fact_of_one_thing_once",
                condition=Q(archived_at=None),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["review_on"], name="fact_review")]

    def __str__(self) -> str:
        return self.key


class FactVersion(models.Model):
    """What a fact said from when to when, who said so and why. Added, never edited."""

    class Source(models.TextChoices):
        HAND = "hand", pgettext_lazy("source of a fact", "written by a person")
        FEED = "feed", pgettext_lazy("source of a fact", "from its feed")
        API = "api", pgettext_lazy("source of a fact", "by a program")

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    value: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    wording: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.HAND)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["fact_id", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["fact", "number"], name="fact_version_once")]
