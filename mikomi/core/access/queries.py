"""Reads about people who sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import Absence, AccessLog, ApiToken, Look, RemedyLimit, User
from mikomi.core.access.rules import PERMISSIONS, SEE_ALL_TEAMS, Permission, hash_key


def users(*, actor: Actor) -> QuerySet[User]:
    """The staff, for choosing whom to assign to: everybody may see names."""
    return User.objects.filter(is_active=True).order_by("name", "id")


def all_users(*, actor: Actor) -> QuerySet[User]:
    """The staff with those who have left, for who manages them."""
    actor.require(Permission.USERS_MANAGE)
    return User.objects.prefetch_related("teams").order_by("-is_active", "name", "id")


def absences_from(*, actor: Actor, day: date) -> QuerySet[Absence]:
    """Who is away on this day or later, the first to go first: colleagues plan with it."""
    actor.require(Permission.PROMISES_RECORD)
    return Absence.objects.filter(last_day__gte=day, user__is_active=True).select_related("user")


def absences(*, since: date, until: date) -> list[tuple[int, date, date]]:
    """User, first and last day of the absences that touch this span. For apps above: no actor."""
    rows = Absence.objects.filter(first_day__lte=until, last_day__gte=since)
    return list(rows.values_list("user_id", "first_day", "last_day"))


def keepers_of_promises(*, team_id: int | None = None) -> set[int]:
    """Who of the staff may keep a promise; with `team_id` those who see this team's. For apps above: no actor."""
    roles = [role.value for role, rights in PERMISSIONS.items() if Permission.PROMISES_RECORD in rights]
    able = User.objects.filter(is_active=True, role__in=roles)
    if team_id is not None:
        able = able.filter(Q(role__in=SEE_ALL_TEAMS) | Q(teams=team_id))
    return set(able.values_list("pk", flat=True))


def remedy_limit_minor(*, actor: Actor, currency: str) -> int:
    """What the actor may grant per case in this currency without approval. The system grants nothing."""
    limit = RemedyLimit.objects.filter(role=actor.role, currency=currency).first()
    return limit.amount_minor if limit else 0


def remedy_limits(*, actor: Actor, currency: str) -> QuerySet[RemedyLimit]:
    """What each role may grant in this currency, for who sets it."""
    actor.require(Permission.USERS_MANAGE)
    return RemedyLimit.objects.filter(currency=currency)


def access_log(*, actor: Actor) -> QuerySet[AccessLog]:
    """Who did what, the newest first."""
    actor.require(Permission.AUDIT_VIEW)
    return AccessLog.objects.select_related("user")


def looks(*, actor: Actor, subject_type: str, subject_ids: Sequence[int] = (), size: int = 10) -> list[Look]:
    """Who looked at these (none named: at any), the newest first. One query."""
    actor.require(Permission.AUDIT_VIEW)
    rows = Look.objects.filter(subject_type=subject_type).select_related("user")
    if subject_ids:
        rows = rows.filter(subject_id__in=list(subject_ids))
    return list(rows.order_by("-id")[:size])


def tokens(*, actor: Actor) -> QuerySet[ApiToken]:
    """The programs' keys."""
    actor.require(Permission.SETTINGS_MANAGE)
    return ApiToken.objects.select_related("user").order_by("-id")


def token_for_key(key: str) -> ApiToken | None:
    """The live token of this key; marks its use at most once a minute."""
    now = clock.now()
    live = Q(expires_at=None) | Q(expires_at__gt=now)
    token = (
        ApiToken.objects.select_related("user")
        .filter(live, key_hash=hash_key(key), revoked_at=None, user__is_active=True)
        .first()
    )
    if token and (token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1)):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token
