"""Outgoing webhooks: endpoints and the log of every attempt. The work to do is the event's delivery row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Endpoint(models.Model):
    """An address of another program that wants to hear of events."""

    url = models.URLField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    secret = models.TextField(help_text="whsec_…, encrypted (core.secrets).")
    previous_secret = models.TextField(blank=True, help_text="Also signs until `previous_until`; encrypted.")
    previous_until = models.DateTimeField(null=True)
    kinds: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="Event kinds; [*]: all."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, help_text="No call has gone well since then.")
    disabled_reason = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.url

    @property
    def consumer(self) -> str:
        """The name under which events are delivered to it."""
        return f"webhook:{self.pk}"


class Attempt(models.Model):
    """One call of an endpoint and what came back."""

    class Reason(models.TextChoices):
        ANSWER = "answer", _("The answer was not a success.")
        REDIRECT = "redirect", _("The address redirects; enter the final address.")
        GONE = "gone", _("The address says that it is gone for good.")
        TIMEOUT = "timeout", _("No answer within 10 seconds.")
        NO_ADDRESS = "no_address", _("The host name can't be found.")
        FORBIDDEN = "forbidden", _("The host name leads to a private address.")
        TLS = "tls", _("The certificate or the encryption failed.")
        CONNECTION = "connection", _("The connection failed.")
        PROTOCOL = "protocol", _("The answer was not understandable.")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="attempts")
    event_id = models.BigIntegerField(null=True, help_text="None for a test call.")
    delivery_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    duration_ms = models.IntegerField()
    status = models.IntegerField(null=True, help_text="The HTTP status; none without an answer.")
    reason = models.CharField(
        max_length=16, choices=Reason.choices, blank=True, help_text="Why it failed; empty: it went well."
    )
    error = models.CharField(
        max_length=300, blank=True, help_text="The detail, as the other side or the system put it."
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["endpoint", "-id"], name="attempt_endpoint"),
            models.Index(fields=["at"], name="attempt_at"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.status or self.reason}"
