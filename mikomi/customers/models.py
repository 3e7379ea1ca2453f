"""Who the customers are: names, identities, addresses, consents, tags, segments, standing, merges."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """A word the business puts on customers."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """An organisation that customers belong to."""

    name = models.CharField(max_length=300)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """One person whatever the channel. `merged_into` set: this row lives on only to be un-merged."""

    class NameOrder(models.TextChoices):
        """The values are those of `core.names.NameOrder`; empty: script and language decide."""

        FAMILY_FIRST = "family", _("family name first")
        GIVEN_FIRST = "given", _("given name first")

    family_name = models.CharField(_("family name"), max_length=200, blank=True)
    given_name = models.CharField(_("given name"), max_length=200, blank=True)
    family_kana = models.CharField(_("family name (kana)"), max_length=200, blank=True)
    given_kana = models.CharField(_("given name (kana)"), max_length=200, blank=True)
    name_order = models.CharField(max_length=8, choices=NameOrder.choices, blank=True)
    honorific = models.CharField(_("honorific"), max_length=20, blank=True)
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="people", db_index=False
    )
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=16, default="ja")
    preferred_channel = models.CharField(_("preferred channel"), max_length=16, blank=True)
    background = models.TextField(_("background, interests and goals"), blank=True)
    came_from = models.CharField(_("first came from"), max_length=64, blank=True)
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    tags: models.ManyToManyField[Tag, Any] = models.ManyToManyField(Tag, blank=True, related_name="customers")
    first_seen_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="merged_from",
        help_text="The living record, however many merges lie between; made from the standing Merge rows.",
    )
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-updated_at", "-id"], name="customer_recent", condition=Q(merged_into=None)
            ),
            models.Index(
                fields=["merged_into"], name="customer_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(fields=["company"], name="customer_company", condition=Q(company__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"customer {self.pk}"


class Identity(models.Model):
    """One address by which a customer is known. Unique, so that arrival finds exactly one person.

    Who shares a telephone with somebody else has it too, but not to be found by (`finds` false).
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        EXTERNAL = "external", _("external id")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.CharField(
        max_length=32, blank=True, help_text="For external ids: who gave it (shopify, base…)."
    )
    value = models.CharField(
        max_length=254, help_text="Normalised: lower-case address, E.164 number, the id."
    )
    shown = models.CharField(max_length=254, help_text="As it was given.")
    is_primary = models.BooleanField(default=False)
    finds = models.BooleanField(default=True, help_text="Who arrives with it is this customer.")
    moved_from = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Whose it was before a merge; it goes back there when the merge is undone.",
    )
    added_at = models.DateTimeField()
    undeliverable_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "source", "value"], name="identity_belongs_to_one", condition=Q(finds=True)
            )
        ]
        indexes: ClassVar = [models.Index(fields=["value"], name="identity_shared", condition=Q(finds=False))]


class Address(models.Model):
    """A postal address as it was given."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    country = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=100, blank=True, help_text="Prefecture or state")
    city = models.CharField(max_length=200, blank=True)
    lines = models.TextField(blank=True)
    is_primary = models.BooleanField(default=False)


class Consent(models.Model):
    """One statement about contact; the newest for (channel, purpose) counts. Never edited."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("answers and notices about an order")
        SURVEY = "survey", _("questions about satisfaction")
        MARKETING = "marketing", _("news and offers")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(max_length=16)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    granted = models.BooleanField()
    at = models.DateTimeField()
    source = models.CharField(max_length=64)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "channel", "purpose", "-at", "-id"], name="consent_newest")
        ]


class Note(models.Model):
    """Something a colleague should know about a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    author_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()


class Merge(models.Model):
    """Two records found to be one person. Rows keep their customer, reads take all ids; only identities move.

    The rows without `undone_at` are the truth; `Customer.merged_into` and `Identity.customer` follow from them.
    """

    winner = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    loser = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    evidence: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["loser"], name="merged_once", condition=Q(undone_at=None))
        ]


class DuplicateProposal(models.Model):
    """Two customers who may be one, with the evidence; a person decides."""

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        REFUSED = "refused"

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    evidence: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_proposed_once"),
            models.CheckConstraint(
                condition=Q(first__lt=models.F("second")), name="duplicate_lower_id_first"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-found_at", "-id"], name="duplicate_open", condition=Q(state="open"))
        ]


class Standing(models.Model):
    """What is known of a customer's value, kept by those who know (commerce now, insights later)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="standing", primary_key=True
    )
    currency = models.CharField(max_length=3, default="JPY")
    spend_minor = models.BigIntegerField(default=0)
    order_count = models.IntegerField(default=0)
    first_order_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    chance_of_staying = models.FloatField(null=True)
    lifetime_value_minor = models.BigIntegerField(null=True)
    tier = models.CharField(max_length=32, blank=True)
    updated_at = models.DateTimeField()


class Segment(models.Model):
    """Saved conditions over registered fields: {"all": [{"field", "is", "value"}, …]}; see segments/rules."""

    name = models.CharField(max_length=200, unique=True)
    conditions: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    refreshed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A customer stands in a segment since `since`."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["segment", "customer"], name="member_once")]
