"""What happened (`Event`) and who still has to hear of it (`Delivery`)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened: history, work to do and statistics in one row. Written once, never changed."""

    kind = models.CharField(max_length=64)
    occurred_at = models.DateTimeField(help_text="When it happened in the world.")
    recorded_at = models.DateTimeField(help_text="When we came to know of it.")
    backfill = models.BooleanField(default=False, help_text="Imported history: nothing follows from it.")
    customer_id = models.BigIntegerField(
        null=True, help_text="As known then; reads take all ids of a merged customer."
    )
    subject_type = models.CharField(max_length=32, blank=True)
    subject_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="The user who did it; none for the system.")
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    trail = models.TextField(
        blank=True, help_text="Consumers whose work led here, oldest first, separated by spaces."
    )

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "occurred_at", "id"], name="event_timeline"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["kind", "occurred_at"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Delivery(models.Model):
    """One consumer's share of one event. Claimed by a conditional UPDATE whose row count is checked."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to run")
        RUNNING = "running", _("is running")
        DONE = "done", _("has run")
        FAILED = "failed", _("was given up")
        """Gave up after the last retry; an operator sees it and may retry."""
        STOPPED = "stopped", _("stopped: it would repeat itself")
        """Not run: this consumer's own work led to the event (a loop)."""
        SKIPPED = "skipped", _("skipped by a person")
        """An operator decided that it need not run."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=80)
    is_outside = models.BooleanField(
        default=False, help_text="Its consumer talks to others: run outside a transaction."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often it was tried.")
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "consumer"], name="delivery_once_per_event_and_consumer")
        ]
        indexes: ClassVar = [
            models.Index(
                F("attempts"),
                F("due_at"),
                F("id"),
                name="delivery_due",
                condition=Q(state="waiting", is_outside=False),
            ),
            models.Index(
                F("consumer"),
                F("due_at"),
                F("id"),
                name="delivery_due_outside",
                condition=Q(state="waiting", is_outside=True),
            ),
            models.Index(fields=["consumer", "state"], name="delivery_consumer"),
            models.Index(
                F("id"), name="delivery_open", condition=Q(state__in=["running", "failed", "stopped"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} ← {self.event_id} ({self.state})"
