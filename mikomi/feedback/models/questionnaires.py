"""Questionnaires about expectations, and the sheets that people fill in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing


class Questionnaire(Changing):
    """A set of questions about what people expect and find; their wording stands in `instruments.py`.

    `items`: what Kano's or the importance questions are about: a list of `{"key", "ja", "en"}`.
    """

    class Kind(models.TextChoices):
        SERVQUAL = "servqual", pgettext_lazy("questionnaire", "expected and perceived service (22 pairs)")
        KANO = "kano", pgettext_lazy("questionnaire", "what features mean to people (Kano)")
        IMPORTANCE = "importance", pgettext_lazy("questionnaire", "importance and performance")
        DISCONFIRMATION = "disconfirmation", pgettext_lazy("questionnaire", "better or worse than expected")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    title = models.CharField(max_length=200, help_text="For colleagues; customers don't see it.")
    items: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list)
    token = models.CharField(
        max_length=32, unique=True, help_text="Of the open link, for a notice or a QR code."
    )
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="No answers are taken any more.")

    def __str__(self) -> str:
        return self.title


class Sheet(Changing):
    """What one person answered; kept as far as they came. The token in the link is all they need."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, db_index=False, related_name="sheets"
    )
    token = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, null=True, related_name="+")
    outgoing = models.ForeignKey(
        "outbox.OutgoingMessage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    source = models.CharField(max_length=16, help_text="Code: invitation, link, api, csv.")
    once_key = models.CharField(
        max_length=120, null=True, help_text="The same sheet arrives once; none: by link."
    )
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="Code of the question → number; see `instruments.py`."
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="When the first answer came.")
    is_complete = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["questionnaire", "once_key"], name="sheet_once", condition=Q(once_key__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["questionnaire", "answered_at"],
                name="sheet_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]
