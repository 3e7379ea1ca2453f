"""Writes about the business. All need the right to manage settings and leave a line in the access log."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, time
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mikomi.core import clock, text
from mikomi.core.access.actor import Actor
from mikomi.core.access.operations import log
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries, rules
from mikomi.core.business.models import Brand, Business, CalendarDay, OpeningHours, Store, Team
from mikomi.core.calendars.holidays import UnknownRegionError, public_holidays
from mikomi.core.files.operations import store
from mikomi.core.files.pictures import WrongPictureError, checked_picture


class WrongSettingsError(ValueError):
    """Something given can't be. `errors` has a sentence for each field; nothing was changed."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class AlreadySetUpError(RuntimeError):
    """The first run is over: change the business instead."""


class BusinessFields(TypedDict, total=False):
    """What can be said of the business; what is left out stays as it is."""

    name: str
    preset: str
    time_zone: str
    language: str
    country: str
    currency: str
    colour: str
    logo_file_id: int | None
    observes_holidays: bool
    holds_notices: bool
    quiet_from: time | None
    quiet_until: time | None
    weekly_cap: int
    ship_within_days: int | None
    at_risk_from: float


_CALENDAR_FIELDS = {"time_zone", "country", "observes_holidays"}


@transaction.atomic
def set_up(
    *, actor: Actor, hours: rules.WeekHours | None = None, **fields: Unpack[BusinessFields]
) -> Business:
    """The first run: the business with its preset's hours and rules, where nothing else is said.

    Raises `AlreadySetUpError`, `WrongSettingsError`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    row = queries.business()
    if row.set_up_at is not None:
        raise AlreadySetUpError(_("This business is set up already."))
    _require_right({"name": fields.get("name", ""), **fields})
    preset = rules.PRESETS[fields.get("preset", "shop")]
    row.observes_holidays = preset.observes_holidays
    row.ship_within_days = preset.ship_within_days
    row.weekly_cap = preset.weekly_cap
    _apply(row, fields)
    row.set_up_at = clock.now()
    row.save()
    _replace_hours(hours if hours is not None else preset.hours)
    _calendar_changed()
    log("business.set_up", actor=actor, subject_type="business", subject_id=row.pk)
    return row


@transaction.atomic
def change_business(*, actor: Actor, **fields: Unpack[BusinessFields]) -> Business:
    """Change what is given, leave the rest. Raises `WrongSettingsError`, `NotSetUpError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    row = _business()
    _require_right({"country": row.country, "observes_holidays": row.observes_holidays, **fields})
    changed = sorted(_apply(row, fields))
    if changed:
        row.save()
        if _CALENDAR_FIELDS & set(changed):
            _calendar_changed()
        log(
            "business.changed",
            actor=actor,
            subject_type="business",
            subject_id=row.pk,
            detail={"fields": changed},
        )
    return row


@transaction.atomic
def note_restored() -> None:
    """A backup was put back, just now."""
    Business.objects.update(restored_at=clock.now())
    log("business.restored", subject_type="business")


@transaction.atomic
def set_logo(*, actor: Actor, data: bytes | None) -> Business:
    """Show this picture (PNG or JPEG) as the business's logo; none: take it away.

    What is kept is the picture alone (`core.files.pictures`). Raises `WrongSettingsError`, `StorageError`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    file_id = None
    if data is not None:
        try:
            picture = checked_picture(data)
        except WrongPictureError as error:
            raise WrongSettingsError({"logo": str(_LOGO_PROBLEMS[error.code])}) from error
        file_id = store(picture.data, picture.content_type).pk
    return change_business(actor=actor, logo_file_id=file_id)


_LOGO_PROBLEMS = {
    "too_large": gettext_lazy("The picture is larger than 1 MB. Save it smaller."),
    "wrong_kind": gettext_lazy("This is no PNG or JPEG picture."),
    "broken": gettext_lazy("The picture is damaged. Save it again and choose it anew."),
    "wrong_size": gettext_lazy("The picture must be 16 to 4,000 pixels wide and high."),
}


@transaction.atomic
def set_hours(*, actor: Actor, hours: rules.WeekHours) -> None:
    """Set the whole week. A split day has several intervals. Raises `WrongSettingsError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    _replace_hours(hours)
    _calendar_changed()
    log("business.hours", actor=actor, detail={"hours": [list(interval) for interval in sorted(hours)]})


@transaction.atomic
def set_day(*, actor: Actor, day: date, intervals: Sequence[rules.Minutes], name: str = "") -> CalendarDay:
    """Let one date be unlike its weekday: without intervals it is closed. Goes before a public holiday."""
    actor.require(Permission.SETTINGS_MANAGE)
    _refuse_hours(rules.intervals_problem(intervals), "intervals")
    row, _created = CalendarDay.objects.update_or_create(
        day=day,
        defaults={
            "name": _short(name, 100),
            "intervals": [list(interval) for interval in sorted(intervals)],
        },
    )
    _calendar_changed()
    log("business.day", actor=actor, detail={"day": day.isoformat(), "intervals": row.intervals})
    return row


@transaction.atomic
def clear_day(*, actor: Actor, day: date) -> None:
    """Let a date be like its weekday again."""
    actor.require(Permission.SETTINGS_MANAGE)
    if CalendarDay.objects.filter(day=day).delete()[0]:
        _calendar_changed()
        log("business.day", actor=actor, detail={"day": day.isoformat(), "cleared": True})


@transaction.atomic
def save_brand(*, actor: Actor, name: str, colour: str = "", brand_id: int | None = None) -> Brand:
    """Add a brand, or change the one of this id. Raises `WrongSettingsError`, `Brand.DoesNotExist`."""
    actor.require(Permission.SETTINGS_MANAGE)
    _require_right({"name": name, **({"colour": colour} if colour else {})})
    row = Brand.objects.get(pk=brand_id) if brand_id else Brand()
    row.name, row.colour = _short(name, 200), colour
    row.save()
    log("brand.saved", actor=actor, subject_type="brand", subject_id=row.pk)
    return row


@transaction.atomic
def save_store(
    *,
    actor: Actor,
    name: str,
    code: str,
    kind: str = Store.Kind.COUNTER,
    brand_id: int | None = None,
    store_id: int | None = None,
) -> Store:
    """Add a store, or change the one of this id. Its code is what files call it, so it can't be another's.

    Raises `WrongSettingsError`, `Store.DoesNotExist`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    errors = _errors({"name": name})
    code = _short(code, 65)
    if not 0 < len(code) <= 64:
        errors["code"] = _("Give a code of 1 to 64 characters.")
    elif Store.objects.filter(code=code).exclude(pk=store_id or 0).exists():
        errors["code"] = _("Another store has this code.")
    if kind not in Store.Kind.values:
        errors["kind"] = _("Choose counter or web shop.")
    if brand_id is not None and not Brand.objects.filter(pk=brand_id).exists():
        errors["brand"] = _("This brand doesn't exist.")
    _refuse(errors)
    row = Store.objects.get(pk=store_id) if store_id else Store()
    row.name, row.code, row.kind, row.brand_id = _short(name, 200), code, kind, brand_id
    row.save()
    log("store.saved", actor=actor, subject_type="store", subject_id=row.pk)
    return row


@transaction.atomic
def save_team(*, actor: Actor, name: str, team_id: int | None = None) -> Team:
    """Add a team, or rename the one of this id. Raises `WrongSettingsError`, `Team.DoesNotExist`."""
    actor.require(Permission.SETTINGS_MANAGE)
    name = _short(name, 101)
    if not 0 < len(name) <= 100:
        _refuse({"name": _("Give a name of 1 to 100 characters.")})
    if Team.objects.filter(name=name).exclude(pk=team_id or 0).exists():
        _refuse({"name": _("Another team has this name.")})
    row = Team.objects.get(pk=team_id) if team_id else Team()
    row.name = name
    row.save()
    log("team.saved", actor=actor, subject_type="team", subject_id=row.pk)
    return row


# Below: what the verbs share


def _business() -> Business:
    row = Business.objects.select_for_update().order_by("id").first()
    if row is None:
        raise queries.NotSetUpError(_("Set the business up first."))
    return row


def _apply(row: Business, fields: BusinessFields) -> set[str]:
    """Write the fields to the row; the names of those that are different now."""
    changed = set()
    for name, value in fields.items():
        clean = value.strip() if isinstance(value, str) else value
        if getattr(row, name) != clean:
            setattr(row, name, clean)
            changed.add(name)
    return changed


def _replace_hours(hours: rules.WeekHours) -> None:
    _refuse_hours(rules.hours_problem(hours), "hours")
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        [OpeningHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in sorted(hours)]
    )


def _calendar_changed() -> None:
    """A random number, not a counter: after a rollback the next change must not look like the one undone."""
    Business.objects.update(calendar_version=secrets.randbelow(2**31))
    queries.forget_calendar()
    transaction.on_commit(queries.forget_calendar)


def _short(value: str, limit: int) -> str:
    return text.clean_single_line(value, limit)


def _refuse(errors: dict[str, str]) -> None:
    if errors:
        raise WrongSettingsError(errors)


def _refuse_hours(problem: str, field: str) -> None:
    if problem:
        _refuse({field: _hours_sentence(problem)})


def _hours_sentence(problem: str) -> str:
    sentences = {
        "empty": _("Choose at least one open day."),
        "weekday": _("A week has seven days."),
        "order": _("Closing time must be later than opening time, within one day."),
        "overlap": _("Two open times of the same day overlap."),
    }
    return sentences[problem]


def _require_right(fields: dict[str, Any]) -> None:
    _refuse(_errors(fields))


def _errors(fields: dict[str, Any]) -> dict[str, str]:
    """A sentence for each field that can't be."""
    errors = {name: _setting_sentence(name) for name in rules.wrong_settings(fields)}
    if (fields.get("quiet_from") is None) != (fields.get("quiet_until") is None) and {
        "quiet_from",
        "quiet_until",
    } <= fields.keys():
        errors["quiet_until"] = _("Give both ends of the quiet hours, or neither.")
    if (
        fields.get("observes_holidays")
        and "country" not in errors
        and not _has_holidays(fields.get("country"))
    ):
        errors["country"] = _(
            "The public holidays of this country are not known. Enter its closed days yourself."
        )
    return errors


def _has_holidays(country: Any) -> bool:
    if country is None:
        return True
    try:
        public_holidays(country, [clock.now().year])
    except UnknownRegionError:
        return False
    return True


def _setting_sentence(name: str) -> str:
    sentences = {
        "name": _("Give a name of 1 to 200 characters."),
        "preset": _("Choose a kind of business from the list."),
        "time_zone": _("Choose a time zone from the list."),
        "language": _("Choose Japanese or English."),
        "country": _("Give a country as two capital letters, such as JP."),
        "currency": _("Give a currency as three capital letters, such as JPY."),
        "colour": _("Give a colour such as #2b4a8b."),
        "weekly_cap": _("Give a number from 0 to 1000."),
        "ship_within_days": _("Give a number of days from 0 to 365, or leave it empty."),
        "at_risk_from": _("Give a chance between 1 and 99 per cent."),
    }
    return sentences[name]
