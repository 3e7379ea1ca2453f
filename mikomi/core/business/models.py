"""The one business of this installation: brands, stores, teams, hours and the rules it has set for itself."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Business(models.Model):
    """The business itself: one row."""

    name = models.CharField(_("name"), max_length=200)
    preset = models.CharField(_("kind of business"), max_length=16, default="shop")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Tokyo")
    language = models.CharField(_("language"), max_length=8, default="ja")
    country = models.CharField(_("country"), max_length=2, default="JP")
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    colour = models.CharField(_("colour of public pages"), max_length=7, default="#2b4a8b")
    logo_file_id = models.BigIntegerField(null=True)
    observes_holidays = models.BooleanField(_("closed on public holidays"), default=True)
    holds_notices = models.BooleanField(
        _("a person releases each notice of a slip"),
        default=True,
        help_text=_("Notices wait on Today until somebody releases them."),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True)
    quiet_until = models.TimeField(_("quiet until"), null=True)
    weekly_cap = models.PositiveSmallIntegerField(_("unasked messages per customer and week"), default=3)
    ship_within_days = models.PositiveSmallIntegerField(
        _("ships within working days"),
        null=True,
        help_text=_("Posts a promise for each order without a date."),
    )
    at_risk_from = models.FloatField(_("chance of breach from which a promise is at risk"), default=0.5)
    set_up_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(
        null=True, help_text="When a backup was put back: what followed from the lost hours may follow again."
    )
    calendar_version = models.PositiveIntegerField(
        default=0,
        help_text="Another number after each change of hours, days and zone: other processes see it.",
    )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its days begin and end."""
        return ZoneInfo(self.time_zone)


class Brand(models.Model):
    """A name under which the business meets customers."""

    name = models.CharField(max_length=200)
    colour = models.CharField(max_length=7, blank=True)

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place where customers buy: a counter or a web shop."""

    class Kind(models.TextChoices):
        COUNTER = "counter", _("counter")
        WEB = "web", _("web shop")

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, related_name="stores")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=64, unique=True, help_text="How files and shops call it.")

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who answer together. Its members see its conversations."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One open interval of a weekday; a split day has several. Minutes since midnight, 1440 is its end."""

    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["weekday", "opens"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes"), closes__lte=1440, weekday__lte=6),
                name="opening_hours_sane",
            )
        ]


class CalendarDay(models.Model):
    """A date unlike its weekday: closed, or open at other hours."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    intervals: models.JSONField[list[Any], list[Any]] = models.JSONField(
        default=list, help_text="[[opens, closes], …] in minutes since midnight; empty: closed."
    )

    class Meta:
        ordering: ClassVar = ["day"]
