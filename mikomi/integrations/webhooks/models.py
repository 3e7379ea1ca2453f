"""Outgoing webhooks: endpoints and the log of every attempt. The work to do is the event's delivery row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Endpoint(models.Model):
    """An address of another program that wants to hear of events."""

    url = models.URLField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    secret = models.TextField(help_text="whsec_…, encrypted (core.secrets).")
    kinds: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="Event kinds; [*]: all."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    disabled_reason = models.CharField(max_length=64, blank=True)


class Attempt(models.Model):
    """One call of an endpoint and what came back."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="attempts")
    event_id = models.BigIntegerField(null=True, help_text="None for a test call.")
    delivery_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    duration_ms = models.IntegerField()
    status = models.IntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["endpoint", "-id"], name="attempt_endpoint")]
