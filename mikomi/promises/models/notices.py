"""What the business has decided about notices of a slip."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy


class NoticePolicy(models.Model):
    """How customers are told that a promise of one kind slips; the row without a kind is for all others."""

    class Tells(models.TextChoices):
        DATED = "dated", pgettext_lazy("notice", "as soon as a new date is known")
        ALWAYS = "always", pgettext_lazy("notice", "at once, also without a new date")
        NEVER = "never", pgettext_lazy("notice", "not by itself: a person decides")

    class Approval(models.TextChoices):
        BUSINESS = "business", pgettext_lazy("notice", "as the business does for all notices")
        HELD = "held", pgettext_lazy("notice", "a person releases it")
        FREE = "free", pgettext_lazy("notice", "it leaves by itself")

    kind = models.CharField(
        max_length=16, unique=True, blank=True, help_text="Of promise; none: every other."
    )
    tells = models.CharField(max_length=8, choices=Tells.choices, default=Tells.DATED)
    approval = models.CharField(max_length=8, choices=Approval.choices, default=Approval.BUSINESS)
    gather_minutes = models.PositiveSmallIntegerField(
        default=10, help_text="So long slips to one customer are gathered into one message; 0: told at once."
    )

    class Meta:
        ordering: ClassVar = ["kind"]
