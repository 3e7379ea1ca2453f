"""Calls that must not be done twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IdempotentCall(models.Model):
    """The answer to a call that carried an Idempotency-Key; written in the call's own transaction.

    `body` is sealed (core.secrets), since an answer may hold a secret that is shown once; forgotten after two days.
    """

    caller = models.CharField(max_length=64, help_text="SHA-256 of the Authorization header.")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64, help_text="Of method, address and body.")
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotent_call_once")
        ]
