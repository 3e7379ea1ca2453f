"""What customers say to a promise: yes or no to new terms, "that is not what happened", "tell me when it changes"."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing
from mikomi.promises.models.claims import Measurement
from mikomi.promises.models.ledger import Evidence, Promise


class Renegotiation(Changing):
    """New terms that a customer was asked about. They count only once accepted; the old ones stand until then."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("renegotiation", "waits for the customer")
        QUESTION = "question", pgettext_lazy("renegotiation", "the customer asks back")
        ACCEPTED = "accepted", pgettext_lazy("renegotiation", "accepted")
        DECLINED = "declined", pgettext_lazy("renegotiation", "declined")
        TAKEN_BACK = "taken_back", pgettext_lazy("renegotiation", "taken back")

    class By(models.TextChoices):
        PAGE = "page", pgettext_lazy("agreed", "on the promise's page")
        PHONE = "phone", pgettext_lazy("agreed", "by phone")
        COUNTER = "counter", pgettext_lazy("agreed", "face to face")
        WRITING = "writing", pgettext_lazy("agreed", "in writing")

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="renegotiations")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    due_at = models.DateTimeField(null=True)
    by_day = models.BooleanField(default=False)
    statement = models.TextField(blank=True)
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    reason = models.CharField(max_length=64, blank=True, help_text="Code: why we ask.")
    words = models.TextField(blank=True, help_text="What we say to the customer about it.")
    note = models.TextField(blank=True, help_text="For colleagues: how a person learned the answer.")
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    outgoing = models.ForeignKey(
        "outbox.OutgoingMessage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=8, choices=By.choices, blank=True)
    answer = models.TextField(blank=True, help_text="The customer's own words.")
    recorded_by_id = models.BigIntegerField(null=True, help_text="Who recorded an answer given to a person.")
    handled_at = models.DateTimeField(null=True, help_text="When somebody took care of a no or a question.")
    version_number = models.PositiveSmallIntegerField(null=True, help_text="The version that came of it.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["promise"],
                name="renegotiation_one_at_a_time",
                condition=Q(state__in=["asked", "question"]),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["answered_at", "id"],
                name="renegotiation_to_handle",
                condition=Q(state__in=["question", "declined"], handled_at=None),
            )
        ]


class Dispute(Changing):
    """The customer says that something in the story, or a measurement of a claim, is wrong. It counts until a person
    decides, with the reason the customer reads."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "waits for a decision")
        UPHELD = "upheld", pgettext_lazy("dispute", "the customer is right")
        REFUSED = "refused", pgettext_lazy("dispute", "our record stands")

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="disputes")
    evidence = models.ForeignKey(
        Evidence, on_delete=models.SET_NULL, null=True, related_name="+", help_text="None: the whole promise."
    )
    measurement = models.ForeignKey(
        Measurement, on_delete=models.CASCADE, null=True, related_name="disputes", help_text="Of a claim."
    )
    raised_by_id = models.BigIntegerField(
        null=True, help_text="Who recorded what the customer said; none: they did, on the page."
    )
    said = models.TextField(help_text="The customer's own words.")
    reading = models.FloatField(
        null=True, help_text="What it was by the customer's word, in the terms' unit."
    )
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    resolved_at = models.DateTimeField(null=True)
    resolved_by_id = models.BigIntegerField(null=True)
    resolution = models.TextField(blank=True, help_text="Why; the customer reads it.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["raised_at", "id"], name="dispute_open", condition=Q(state="open"))
        ]


class Subscription(models.Model):
    """Somebody wants to know by e-mail when a promise changes; nothing is sent before they confirmed the address."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="subscriptions")
    email = models.CharField(max_length=254)
    language = models.CharField(max_length=8)
    token = models.CharField(max_length=32, unique=True, help_text="In the links that confirm and end it.")
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["promise", "email"], name="subscribed_once")]
        indexes: ClassVar = [models.Index(fields=["email", "asked_at"], name="subscription_asked")]

    @property
    def is_active(self) -> bool:
        """Confirmed, and not ended."""
        return self.confirmed_at is not None and self.ended_at is None


class LedgerPolicy(models.Model):
    """What the business has decided about its promises: one row, or none for the defaults."""

    classes: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="The expectation classes that apply; empty: all ten."
    )
    challenge_below = models.FloatField(
        default=0.8, help_text="A date is challenged when history says it is kept less often than this."
    )
    challenges_vague = models.BooleanField(default=True, help_text="Vague wording is challenged.")


class Challenge(models.Model):
    """Wording or a date that was challenged before sending, and what the person did all the same."""

    class Kind(models.TextChoices):
        VAGUE = "vague", pgettext_lazy("challenge", "vague wording")
        UNLIKELY = "unlikely", pgettext_lazy("challenge", "a date that history says can't be kept")
        UNPROVEN = "unproven", pgettext_lazy("challenge", "a claim without evidence")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    promise_kind = models.CharField(max_length=16, blank=True)
    chance = models.FloatField(null=True, help_text="Of keeping it, 0…1, as far as history knows.")
    reason = models.TextField(help_text="Why it was sent all the same.")
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="challenge_newest")]
