"""Where facts are repeated outside: pages, sites, listings; what was read there and how each check went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from mikomi.core.changes import Changing


class Touchpoint(Changing):
    """A place that customers read: one page, a whole site, what a sitemap lists, or a list of products."""

    class Kind(models.TextChoices):
        PAGE = "page", pgettext_lazy("touchpoint", "one page")
        SITE = "site", pgettext_lazy("touchpoint", "a whole site, by its links")
        SITEMAP = "sitemap", pgettext_lazy("touchpoint", "the pages of a sitemap")
        CSV = "csv", pgettext_lazy("touchpoint", "a list of products as CSV")
        JSON = "json", pgettext_lazy("touchpoint", "a list of products as JSON")

    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    url = models.CharField(max_length=1000)
    brand = models.ForeignKey("business.Brand", on_delete=models.PROTECT, null=True, related_name="+")
    store = models.ForeignKey("business.Store", on_delete=models.PROTECT, null=True, related_name="+")
    product_code = models.CharField(max_length=128, blank=True, help_text="The one product that it is about.")
    every_hours = models.PositiveSmallIntegerField(default=24)
    max_pages = models.PositiveSmallIntegerField(default=200)
    max_depth = models.PositiveSmallIntegerField(default=4)
    is_active = models.BooleanField(default=True)
    next_check_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["label", "id"]
        indexes: ClassVar = [models.Index(fields=["next_check_at"], name="touchpoint_due")]

    def __str__(self) -> str:
        return self.label


class Check(models.Model):
    """One look at a touchpoint, page by page; it goes on where it was interrupted."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("check", "being read")
        DONE = "done", pgettext_lazy("check", "read")
        STOPPED = "stopped", pgettext_lazy("check", "stopped")

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="checks")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    actor_id = models.BigIntegerField(null=True, help_text="Who started it; none: the schedule.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(
        null=True, help_text="A worker is at it until then; one that dies frees it by dying."
    )
    worked_at = models.DateTimeField(help_text="When a worker was at it last: several checks take turns.")
    seconds = models.FloatField(default=0, help_text="Spent reading, over all portions of the work.")
    pages_known = models.PositiveIntegerField(default=0)
    pages_done = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(
        default=0, help_text="Pages that had not changed since last time."
    )
    contradictions = models.PositiveIntegerField(default=0)
    outcome = models.CharField(
        max_length=20, blank=True, help_text="Why it ended: a code of `wording.OUTCOMES`."
    )
    remarks: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, help_text="What was left out and why: codes with their counts."
    )
    robots: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="The robots.txt of each site as read for this check."
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["touchpoint"], name="check_one_at_a_time", condition=models.Q(state="running")
            )
        ]


class PageCopy(models.Model):
    """A page as it was read last: enough to compare it again without fetching it."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="pages")
    url = models.CharField(max_length=1000)
    url_hash = models.CharField(max_length=64)
    depth = models.PositiveSmallIntegerField(default=0)
    found_on = models.CharField(max_length=1000, blank=True, help_text="The page whose link leads here.")
    queued_in = models.BigIntegerField(default=0, help_text="The check that has it on its list.")
    read_in = models.BigIntegerField(default=0, help_text="The check that read it last.")
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=24, blank=True, help_text="A code of `wording.PROBLEMS`.")
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True)
    text_hash = models.CharField(max_length=64, blank=True)
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["touchpoint", "url_hash"], name="page_copy_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["touchpoint", "queued_in", "read_in", "depth", "id"], name="page_copy_queue")
        ]
