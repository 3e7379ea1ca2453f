"""Contradictions: a place says something else than the fact."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing
from mikomi.facts.models.registry import Fact
from mikomi.facts.models.touchpoints import Touchpoint


class Contradiction(Changing):
    """Both places: the fact, and where something else stands. It closes by itself when a check finds them agreeing."""

    class What(models.TextChoices):
        WRONG = "wrong", pgettext_lazy("contradiction", "something else is said")
        DEAD_PRODUCT = "dead_product", pgettext_lazy("contradiction", "a discontinued product is offered")
        DEAD_LINK = "dead_link", pgettext_lazy("contradiction", "a link leads nowhere")
        BROKEN_QUOTE = "broken_quote", pgettext_lazy("contradiction", "a fact is quoted that can't be said")

    class Severity(models.TextChoices):
        HIGH = "high", pgettext_lazy("severity of a contradiction", "serious")
        NORMAL = "normal", pgettext_lazy("severity of a contradiction", "ordinary")
        LOW = "low", pgettext_lazy("severity of a contradiction", "slight")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("contradiction", "open")
        IGNORED = "ignored", pgettext_lazy("contradiction", "left as it is")
        CLOSED = "closed", pgettext_lazy("contradiction", "settled")

    what = models.CharField(max_length=12, choices=What.choices)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    rank = models.PositiveSmallIntegerField(
        help_text="Of the severity, the worst first; for the list's order."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, null=True, related_name="contradictions")
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, null=True, related_name="contradictions"
    )
    source = models.CharField(
        max_length=40, blank=True, help_text="One of our own sources of texts: templates."
    )
    place = models.CharField(
        max_length=1000, help_text="The address of the page, or the text's own path here."
    )
    title = models.CharField(max_length=300, blank=True)
    found: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    snippet = models.CharField(max_length=1000, blank=True)
    is_former = models.BooleanField(default=False, help_text="What it says was true once.")
    signature = models.CharField(max_length=64)
    owner_id = models.BigIntegerField(null=True)
    wrong_since = models.DateTimeField(help_text="Since when it has been untrue, as far as is known.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    seen_count = models.PositiveIntegerField(
        null=True, help_text="Messages sent with it since then; null: nobody counts the readers of a page."
    )
    reason = models.CharField(max_length=500, blank=True, help_text="Why it is left as it is.")
    decided_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=16, blank=True, help_text="agrees, gone or archived")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["signature"], name="contradiction_once", condition=Q(state__in=["open", "ignored"])
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "rank", "-first_seen_at", "-id"], name="contradiction_list"),
            models.Index(fields=["touchpoint", "state"], name="contradiction_touchpoint"),
            models.Index(fields=["fact", "state"], name="contradiction_fact"),
        ]
