"""Questions to customers and their answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mikomi.core.changes import Changing


class Invitation(models.Model):
    """One question sent to one customer about one matter. The token in the link is all they need."""

    class Kind(models.TextChoices):
        CSAT = "csat", _("satisfaction (1 to 5)")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CSAT)
    token = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="invitations")
    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, null=True, related_name="invitations"
    )
    recovery_id = models.BigIntegerField(null=True)
    outgoing = models.ForeignKey(
        "outbox.OutgoingMessage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    skipped = models.CharField(
        max_length=64,
        blank=True,
        help_text="Code: why the customer was not asked after all; empty: was asked.",
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer", "-asked_at"], name="invitation_customer", condition=Q(skipped="")
            ),
        ]


class Answer(Changing):
    """What the customer answered; a later click changes it, the words may follow."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="answer")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField()
    is_poor = models.BooleanField(default=False)
    reported_poor_at = models.DateTimeField(
        null=True, help_text="When it was first poor: it is reported once, whatever is clicked later."
    )
    handled_at = models.DateTimeField(
        null=True, help_text="When the case that a poor answer reopened was closed."
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-answered_at"], name="answer_poor_open", condition=Q(is_poor=True, handled_at=None)
            ),
            models.Index(fields=["answered_at", "score"], name="answer_figure"),
        ]
