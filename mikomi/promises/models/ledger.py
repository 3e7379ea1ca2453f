"""The ledger of expectations: promises, their versions, the evidence that meets them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mikomi.customers.models import Customer


class NoDeadlineError(ValueError):
    """A promise without a due time was asked for it."""


class NoPersonError(ValueError):
    """A promise to many was asked for its customer."""


class Promise(models.Model):
    """One promise to one customer, a segment or everyone. The terms live in versions; the newest is copied here.

    Kinds in `rules.kinds.TIMED` have a due time and are watched by the sweep. The others stand until they are
    withdrawn or expire (`valid_until`); evidence alone decides them, and their `due_at` is empty.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", pgettext_lazy("promise kind", "delivery")
        SHIPPING = "shipping", pgettext_lazy("promise kind", "shipping")
        ANSWER = "answer", pgettext_lazy("promise kind", "first answer")
        CALLBACK = "callback", pgettext_lazy("promise kind", "call back")
        CUSTOM = "custom", pgettext_lazy("promise kind", "other promise")
        BOOKING = "booking", pgettext_lazy("promise kind", "booked time")
        CLAIM = "claim", pgettext_lazy("promise kind", "measured claim")
        AVAILABILITY = "availability", pgettext_lazy("promise kind", "availability")
        PRICE = "price", pgettext_lazy("promise kind", "price")
        ATTRIBUTE = "attribute", pgettext_lazy("promise kind", "attribute")
        SERVICE_LEVEL = "service_level", pgettext_lazy("promise kind", "service level")
        NORM = "norm", pgettext_lazy("promise kind", "norm")

    class Audience(models.TextChoices):
        ONE = "one", pgettext_lazy("audience", "one customer")
        SEGMENT = "segment", pgettext_lazy("audience", "a segment")
        EVERYONE = "everyone", pgettext_lazy("audience", "everyone")

    class Origin(models.TextChoices):
        """Where the customer's expectation comes from (P11); empty: nobody said."""

        EXPERIENCE = "experience", pgettext_lazy("origin", "past experience")
        MARKETING = "marketing", pgettext_lazy("origin", "marketing")
        WORD_OF_MOUTH = "word_of_mouth", pgettext_lazy("origin", "word of mouth")
        COMPETITOR = "competitor", pgettext_lazy("origin", "competitors")
        CONTRACT = "contract", pgettext_lazy("origin", "contract or order")
        STAFF = "staff", pgettext_lazy("origin", "our staff")

    class NormOf(models.TextChoices):
        """Whose level a norm is."""

        INDUSTRY = "industry", pgettext_lazy("norm", "the industry's norm")
        COMPETITOR = "competitor", pgettext_lazy("norm", "a competitor's level")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise state", "open")
        AT_RISK = "at_risk", pgettext_lazy("promise state", "at risk")
        KEPT = "kept", pgettext_lazy("promise state", "kept")
        BROKEN = "broken", pgettext_lazy("promise state", "broken")
        WITHDRAWN = "withdrawn", pgettext_lazy("promise state", "withdrawn")

    class ExpectationClass(models.TextChoices):
        """The ten keys of the requirements' P1."""

        HONEST = "honest", pgettext_lazy("expectation", "honest")
        EXPLICIT = "explicit", pgettext_lazy("expectation", "explicit")
        IMPLICIT = "implicit", pgettext_lazy("expectation", "implicit")
        EASY = "easy", pgettext_lazy("expectation", "quick and without hassle")
        HUMAN = "human", pgettext_lazy("expectation", "human")
        STATIC = "static", pgettext_lazy("expectation", "static")
        DYNAMIC = "dynamic", pgettext_lazy("expectation", "dynamic")
        TECHNOLOGICAL = "technological", pgettext_lazy("expectation", "technological")
        SIMPLE = "simple", pgettext_lazy("expectation", "simple")
        SUPPORTED = "supported", pgettext_lazy("expectation", "continuing support")

    token = models.CharField(
        max_length=32, unique=True, help_text="Unguessable; the address of the public page."
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    expectation = models.CharField(
        max_length=16, choices=ExpectationClass.choices, default=ExpectationClass.EXPLICIT
    )
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.ONE)
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="promises",
        help_text="Of the audience `one` only.",
    )
    segment = models.ForeignKey(
        "customers.Segment",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="Of the audience `segment`; empty once the segment was deleted.",
    )
    origin = models.CharField(max_length=16, choices=Origin.choices, blank=True)
    published_in = models.CharField(
        max_length=500, blank=True, help_text="Where it was published: an address, a page, a leaflet."
    )
    published_at = models.DateTimeField(
        null=True, help_text="To a segment or everyone: since when it has a public page."
    )
    norm_of = models.CharField(max_length=12, choices=NormOf.choices, blank=True)
    cited = models.CharField(
        max_length=500, blank=True, help_text="Who says so: the source of a norm or a competitor's level."
    )
    cited_on = models.DateField(null=True, help_text="The date of that source.")
    valid_until = models.DateField(
        null=True, help_text="The last day on which it holds: norms and standing promises expire."
    )
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="What exactly, by kind: see `rules.kinds`. Of the newest version."
    )
    subject_type = models.CharField(
        max_length=32, blank=True, help_text="Registered from above: order, conversation…"
    )
    subject_id = models.BigIntegerField(null=True)
    is_internal = models.BooleanField(
        default=False, help_text="A response standard: never public, reported by itself."
    )
    maker_id = models.BigIntegerField(null=True, help_text="The user who made it; none: a rule of the shop.")
    keeper_id = models.BigIntegerField(null=True, help_text="The user who keeps it.")
    team_id = models.BigIntegerField(null=True, help_text="Only this team's members see it; none: everybody.")
    source = models.CharField(
        max_length=32, help_text="Code: order_date, ship_rule, composer, standard, api…"
    )
    group_key = models.CharField(
        max_length=64, blank=True, help_text="Comparable cases share it: kind, store, carrier."
    )
    statement = models.TextField(blank=True, help_text="What was said, in the words used.")
    made_at = models.DateTimeField()
    first_due_at = models.DateTimeField(
        null=True, help_text="As first promised, moved by pauses: the honest figure is counted against this."
    )
    due_at = models.DateTimeField(
        null=True, help_text="Of the newest version, moved by pauses; empty for kinds without a due time."
    )
    by_day = models.BooleanField(
        default=False, help_text="A day was promised, not an hour: due at its end; shown as a date."
    )
    in_working_time = models.BooleanField(
        default=False, help_text="Its time runs only while the business is open."
    )
    paused_since = models.DateTimeField(null=True, help_text="On hold: the due time moves on by itself.")
    version_number = models.PositiveSmallIntegerField(default=1)
    expected_at = models.DateTimeField(null=True, help_text="The newest estimate from evidence.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    risk = models.FloatField(default=0.0, help_text="Chance of breach at the last look, 0…1.")
    look_at = models.DateTimeField(null=True, help_text="When the sweep looks again; none once decided.")
    met_at = models.DateTimeField(null=True, help_text="When what was promised happened.")
    decided_at = models.DateTimeField(
        null=True, help_text="When it was kept, broken (its due time) or withdrawn."
    )
    is_exceeded = models.BooleanField(default=False, help_text="Kept, and well beyond what was promised.")
    renegotiated_at = models.DateTimeField(
        null=True, help_text="When the customer accepted the newest terms that they were asked about."
    )
    taken_share = models.FloatField(null=True, help_text="Taken ÷ first promised time, once it was met.")
    recovered_at = models.DateTimeField(null=True, help_text="When a broken promise was made good.")
    backfill = models.BooleanField(default=False)
    updated_at = models.DateTimeField(help_text="When the row was written last.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["look_at", "id"], name="promise_look", condition=Q(look_at__isnull=False)),
            models.Index(
                # All that scoring reads: a wide row would have to be read for each number otherwise.
                fields=[
                    "kind",
                    "id",
                    "in_working_time",
                    "is_internal",
                    "state",
                    "group_key",
                    "made_at",
                    "due_at",
                    "expected_at",
                    "keeper_id",
                    "subject_type",
                    "subject_id",
                    "look_at",  # SQLite reads the row for what only the condition names
                ],
                name="promise_scored",
                condition=Q(look_at__isnull=False),
            ),
            models.Index(
                # What is ahead of a promise: those of its kind and keeper that are due first.
                fields=["kind", "keeper_id", "due_at", "look_at"],
                name="promise_lane",
                condition=Q(look_at__isnull=False),
            ),
            models.Index(
                fields=["-risk", "due_at", "id"],
                name="promise_to_save",
                condition=Q(state__in=["open", "at_risk"]),
            ),
            models.Index(fields=["state", "due_at", "id"], name="promise_state"),
            models.Index(
                fields=["-due_at", "-id"],
                name="promise_to_make_good",
                condition=Q(state="broken", recovered_at=None, backfill=False),
            ),
            models.Index(fields=["customer", "-made_at", "-id"], name="promise_customer"),
            models.Index(fields=["subject_type", "subject_id"], name="promise_subject"),
            # The figure of keeping is read from this index alone.
            models.Index(
                fields=[
                    "first_due_at",
                    "is_internal",
                    "kind",
                    "state",
                    "met_at",
                    "decided_at",
                    "paused_since",
                ],
                name="promise_figure",
            ),
            models.Index(
                fields=["-made_at", "-id"], name="promise_standing", condition=Q(due_at__isnull=True)
            ),
            models.Index(
                fields=["-due_at", "-id"],
                name="promise_renegotiated",
                condition=Q(renegotiated_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience="one", customer__isnull=False, segment=None)
                | Q(audience="segment", customer=None)
                | Q(audience="everyone", customer=None, segment=None),
                name="promise_to_its_audience",
            )
        ]

    def __str__(self) -> str:
        return f"promise {self.pk}"

    @property
    def verdict(self) -> str:
        """Its state as people say it: what was kept may be exceeded, or kept only as agreed anew with the customer."""
        if self.state != self.State.KEPT:
            return self.state
        if self.is_exceeded:
            return "exceeded"
        late = self.met_at and self.first_due_at and self.met_at > self.first_due_at
        return "renegotiated" if late and self.renegotiated_at else self.state

    @property
    def deadline(self) -> datetime:
        """The due time of a promise that has one. `NoDeadlineError` for one that stands without."""
        if self.due_at is None:
            raise NoDeadlineError(f"Promise {self.pk} ({self.kind}) has no due time.")
        return self.due_at

    @property
    def person(self) -> Customer:
        """The customer of a promise to one customer. `NoPersonError` for one to many."""
        if self.customer is None:
            raise NoPersonError(f"Promise {self.pk} was made to many, not to one customer.")
        return self.customer

    @property
    def person_id(self) -> int:
        """The id of `person`, without reading the row."""
        if self.customer_id is None:
            raise NoPersonError(f"Promise {self.pk} was made to many, not to one customer.")
        return self.customer_id


class PromiseVersion(models.Model):
    """The terms from one moment on. Never edited: new terms are a new version."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, db_index=False, related_name="versions")
    number = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(null=True)
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    statement = models.TextField(blank=True)
    reason = models.CharField(max_length=64, blank=True, help_text="Code: why the terms changed.")
    note = models.TextField(blank=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(help_text="When these terms were given.")
    known_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promise", "number"], name="promise_version_once")
        ]


class Evidence(models.Model):
    """Something that bears on a promise: shipped, delivered, answered, called, an estimate that moved."""

    class Kind(models.TextChoices):
        ESTIMATE = "estimate", pgettext_lazy("evidence", "estimate")
        SHIPPED = "shipped", pgettext_lazy("evidence", "shipped")
        DELIVERED = "delivered", pgettext_lazy("evidence", "delivered")
        ANSWERED = "answered", pgettext_lazy("evidence", "answered")
        CALLED = "called", pgettext_lazy("evidence", "called")
        DONE = "done", pgettext_lazy("evidence", "done")
        PAUSED = "paused", pgettext_lazy("evidence", "paused")
        RESUMED = "resumed", pgettext_lazy("evidence", "resumed")
        MEASURED = "measured", pgettext_lazy("evidence", "measured")
        HELD = "held", pgettext_lazy("evidence", "found to hold")
        SURPASSED = "surpassed", pgettext_lazy("evidence", "found to be surpassed")
        UNDECIDED = "undecided", pgettext_lazy("evidence", "not decided by the measurements")
        FAILED = "failed", pgettext_lazy("evidence", "found not to hold")
        WITHDRAWN = "withdrawn", pgettext_lazy("evidence", "withdrawn")
        RETRACTED = "retracted", pgettext_lazy("evidence", "taken back")

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, db_index=False, related_name="evidence")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    occurred_at = models.DateTimeField()
    known_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, help_text="For an estimate: the moment it names.")
    reading = models.FloatField(null=True, help_text="For what was measured, in the unit of the terms.")
    reason = models.CharField(max_length=64, blank=True, help_text="Code: carrier_delay, out_of_stock…")
    source = models.CharField(max_length=32, help_text="Code: shopify, import, agent, channel…")
    once_key = models.CharField(max_length=120, help_text="The same observation arrives once.")
    retracts = models.CharField(
        max_length=120, blank=True, help_text="The `once_key` of what this one takes back."
    )
    actor_id = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["occurred_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promise", "once_key"], name="evidence_once")
        ]


class Comparable(models.Model):
    """How long comparable past cases took, as shares of the promised time: the first forecast of breach."""

    kind = models.CharField(max_length=16)
    group_key = models.CharField(max_length=64, blank=True)
    count = models.IntegerField()
    shares: models.JSONField[list[float], list[float]] = models.JSONField(
        default=list, help_text="Ascending quantiles (0…1 by 1/20) of taken ÷ promised time."
    )
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "group_key"], name="comparable_once")
        ]


class Slip(models.Model):
    """One slip of one version of a promise and what the customer was told of it: at most one row, so one notice."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, db_index=False, related_name="slips")
    version_number = models.PositiveSmallIntegerField()
    noticed_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=64, blank=True)
    tell_at = models.DateTimeField(
        null=True, help_text="When the customer is told, with what else slips until then; none once posted."
    )
    notice = models.ForeignKey(
        "outbox.OutgoingMessage",
        on_delete=models.SET_NULL,
        null=True,
        related_name="slips",
        help_text="The message that tells of it, sent or not; several slips share one.",
    )
    outgoing = models.ForeignKey(
        "outbox.OutgoingMessage",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="The same once it has left: only then was the customer told.",
    )
    outcome: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promise", "version_number"], name="slip_told_once_per_version")
        ]
        indexes: ClassVar = [
            models.Index(fields=["tell_at"], name="slip_to_tell", condition=Q(tell_at__isnull=False))
        ]
