"""Files that users bring, how their columns are read, and shops that call us."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportJob(models.Model):
    """One file on its way in: looked through first (dry run), then imported; it can be left and found again."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        NEEDS_MAPPING = "needs_mapping", _("columns to be matched")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("being imported")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        REFUSED = "refused", _("refused")

    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    content = models.CharField(max_length=16, help_text="orders, customers or measurements")
    format_key = models.CharField(max_length=32, blank=True)
    source = models.CharField(
        max_length=32, blank=True, help_text="Whose ids these are; part of an order's identity."
    )
    mapping: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    day_first = models.BooleanField(null=True, help_text="Of 01/02/2026; none: what the file makes certain.")
    store = models.ForeignKey("business.Store", on_delete=models.SET_NULL, null=True, related_name="+")
    claim = models.ForeignKey(
        "promises.Claim", on_delete=models.CASCADE, null=True, related_name="+",
        help_text="Whose measurements it holds.",
    )  # fmt: skip
    backfill = models.BooleanField(default=True, help_text="History: nothing follows from it.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.UPLOADED)
    refusal: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    rows_total = models.IntegerField(null=True)
    rows_done = models.IntegerField(default=0, help_text="Committed so far: where a killed import goes on.")
    checked: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, help_text="What the dry run counted, by outcome."
    )
    created_count = models.IntegerField(default=0)
    changed_count = models.IntegerField(default=0)
    unchanged_count = models.IntegerField(default=0)
    skipped_count = models.IntegerField(default=0)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]


class ImportRow(models.Model):
    """What a row of the dry run or the import came to, where it isn't plain success; or a sample of those."""

    class Outcome(models.TextChoices):
        CREATE = "create", _("new")
        CHANGE = "change", _("changed")
        SAME = "same", _("unchanged")
        SKIP = "skip", _("skipped")

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    is_dry_run = models.BooleanField()
    line = models.IntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    label = models.CharField(max_length=200, blank=True)
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=64, blank=True)
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["line", "id"]
        indexes: ClassVar = [
            models.Index(fields=["job", "is_dry_run", "outcome", "line", "id"], name="import_row_list")
        ]


class RememberedMapping(models.Model):
    """How a header was matched by hand the last time."""

    fingerprint = models.CharField(max_length=64)
    content = models.CharField(max_length=16)
    mapping: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fingerprint", "content"], name="mapping_once")
        ]


class ShopConnection(models.Model):
    """A shop that sends us webhooks."""

    kind = models.CharField(max_length=16, default="shopify")
    name = models.CharField(max_length=200)
    token = models.CharField(max_length=32, unique=True, help_text="Part of the address that the shop calls.")
    secret = models.TextField(help_text="Encrypted (core.secrets).")
    store = models.ForeignKey("business.Store", on_delete=models.SET_NULL, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
    last_received_at = models.DateTimeField(null=True)


class ShopCall(models.Model):
    """One webhook as it arrived, stored before anything is made of it."""

    class State(models.TextChoices):
        RECEIVED = "received"
        APPLIED = "applied"
        IGNORED = "ignored"
        FAILED = "failed"

    connection = models.ForeignKey(ShopConnection, on_delete=models.CASCADE, related_name="calls")
    topic = models.CharField(max_length=64)
    external_id = models.CharField(
        max_length=128, help_text="The shop's id of this call: repeats are known by it."
    )
    raw = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="shop_call_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="shop_call_open", condition=models.Q(state__in=["received", "failed"])
            )
        ]
