"""Measured claims: what a promise of a claim kind is measured by, and its measurements."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing
from mikomi.promises.models.ledger import Promise


class Claim(Changing):
    """The measured side of a promise of a claim kind: where measurements come from, and what they prove so far.

    What is claimed exactly stands in the promise's terms. The verdict's figures are those of `rules.claims.judge`.
    """

    class Feed(models.TextChoices):
        """What measures by itself: how long promises of a kind took, what customers answered; empty: nothing."""

        ANSWER = "answer", pgettext_lazy("claim feed", "time to our first answers")
        CALLBACK = "callback", pgettext_lazy("claim feed", "time to our calls back")
        SHIPPING = "shipping", pgettext_lazy("claim feed", "time to dispatch")
        DELIVERY = "delivery", pgettext_lazy("claim feed", "time to delivery")
        CSAT = "csat", pgettext_lazy("claim feed", "satisfaction after a case")

    class Outcome(models.TextChoices):
        UNDECIDED = "undecided", pgettext_lazy("verdict", "undecided")
        KEPT = "kept", pgettext_lazy("verdict", "kept")
        EXCEEDED = "exceeded", pgettext_lazy("verdict", "exceeded")
        BROKEN = "broken", pgettext_lazy("verdict", "broken")

    promise = models.OneToOneField(Promise, on_delete=models.CASCADE, primary_key=True, related_name="claim")
    feed = models.CharField(max_length=16, choices=Feed.choices, blank=True)
    feed_group = models.CharField(
        max_length=64,
        blank=True,
        help_text="Only promises of this group (channel, store) and those below it.",
    )
    fed_until = models.DateTimeField(null=True, help_text="Cases that began before this moment are measured.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.UNDECIDED)
    count = models.IntegerField(default=0, help_text="Independent measurements that count.")
    estimate = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    limit_low = models.FloatField(null=True)
    limit_high = models.FloatField(null=True)
    more = models.IntegerField(null=True, help_text="How many further measurements would probably decide.")
    is_close = models.BooleanField(
        default=False, help_text="The truth lies too close to the limit to decide."
    )
    is_lopsided = models.BooleanField(default=False, help_text="The measurements don't scatter evenly.")
    doubt = models.FloatField(default=0.5, help_text="How likely it looks that it does not hold, 0…1.")
    judged_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True, help_text="When this outcome was reached.")
    findings = models.IntegerField(default=0, help_text="How many verdicts were posted to the ledger.")

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Measurement(Changing):
    """One measured value. Never edited: a wrong one is disputed, and set aside if the dispute is right."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, db_index=False, related_name="measurements")
    value = models.FloatField(help_text="In the unit of the claim; yes is 1, no is 0.")
    measured_at = models.DateTimeField()
    known_at = models.DateTimeField()
    source = models.CharField(max_length=32, help_text="Code: csv, api, agent, survey, desk…")
    measured_by = models.CharField(max_length=200, blank=True, help_text="Who or what measured it, in words.")
    item = models.CharField(
        max_length=120, blank=True, help_text="What was measured (a serial number): counts once, as its mean."
    )
    once_key = models.CharField(max_length=120, help_text="The same measurement arrives once.")
    note = models.TextField(blank=True)
    actor_id = models.BigIntegerField(null=True)
    is_set_aside = models.BooleanField(default=False, help_text="A dispute was right: it does not count.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "once_key"], name="measurement_once")
        ]
        indexes: ClassVar = [models.Index(fields=["claim", "-measured_at", "-id"], name="measurement_list")]

    def __str__(self) -> str:
        return f"measurement {self.pk}"
