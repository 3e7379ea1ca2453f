"""What we send: one row before anything leaves, whatever the channel and the reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing


class OutgoingMessage(Changing):
    """A rendered message on its way to one customer, and the record of what became of it."""

    class State(models.TextChoices):
        HELD = "held", _("waits for a person")
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", pgettext_lazy("state of a message", "sent")
        UNCERTAIN = "uncertain", _("perhaps sent")
        FAILED = "failed", _("failed")
        REFUSED = "refused", _("not sent")
        CANCELLED = "cancelled", _("cancelled")

    class Purpose(models.TextChoices):
        ANSWER = "answer", _("answer")
        NOTICE = "notice", _("notice about a promise")
        SURVEY = "survey", _("question")
        MARKETING = "marketing", _("news")
        STAFF = "staff", _("to a colleague")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, null=True, related_name="outgoing"
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    channel = models.CharField(max_length=16, help_text="email, webform…: which transport delivers it")
    sender_key = models.CharField(
        max_length=64, blank=True, help_text="Which of the channel's senders; its mailbox id."
    )
    to_address = models.CharField(max_length=320)
    to_name = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, help_text="in_reply_to, references, reply_token, auto_submitted, list_unsubscribe"
    )
    file_ids: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    gaps: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="What stands in the text where something could not be said."
    )
    once_key = models.CharField(
        max_length=120, unique=True, null=True, help_text="The same key is never sent twice."
    )
    subject_type = models.CharField(
        max_length=32, blank=True, help_text="What it is about: promise, message…"
    )
    subject_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=64, blank=True, help_text="Code: why held, refused or failed.")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=64, blank=True)
    attempt_began = models.BooleanField(
        default=False, help_text="Committed before the server is spoken to: from here on it may have left."
    )
    message_id = models.CharField(max_length=250, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(
        null=True, help_text="Since when we know that its reader reported it as unwanted (RFC 5965)."
    )
    actor_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True, help_text="Only this team's members see it; none: everybody.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["not_before", "id"], name="outgoing_due", condition=Q(state="waiting")),
            models.Index(
                fields=["id"],
                name="outgoing_needs_person",
                condition=Q(state__in=["held", "uncertain", "failed"]),
            ),
            models.Index(fields=["claimed_by"], name="outgoing_sending", condition=Q(state="sending")),
            models.Index(fields=["customer", "purpose", "-created_at"], name="outgoing_caps"),
            models.Index(fields=["subject_type", "subject_id"], name="outgoing_subject"),
        ]
