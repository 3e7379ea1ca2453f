"""Writes about people who sign in: users, roles, tokens, limits and the log."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock, lookups
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import Absence, AccessLog, ApiToken, Look, RemedyLimit, User
from mikomi.core.access.rules import Permission, Role, hash_key
from mikomi.core.rows import build

TOKEN_PREFIX = "mik_"  # noqa: S105 - not a password, the mark by which leaked keys are found


class AccessError(ValueError):
    """A change that would lock everybody out, or names a right that doesn't exist."""


def log(
    action: str,
    *,
    actor: Actor | None = None,
    user_id: int | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
    detail: dict[str, Any] | None = None,
    address: str | None = None,
) -> AccessLog:
    """Write who did what. `detail` holds ids and figures only."""
    row = build(
        AccessLog,
        at=clock.now(),
        user_id=actor.user_id if actor else user_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        detail=detail or {},
        address=address or None,
    )
    with transaction.atomic(savepoint=False):
        bulk.insert([row])
    return row


LOOKS_ARE_KEPT = timedelta(days=400)


def note_look(*, actor: Actor, subject_type: str, subject_id: int, way: Look.Way = Look.Way.PAGE) -> None:
    """Note that the actor has seen this. Once per person and hour: one read otherwise, one insert then.

    Two at once don't disturb each other: the constraint keeps one row. The system looks at nobody.
    """
    if actor.user_id is None:
        return
    now = clock.now()
    look = {
        "user_id": actor.user_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "way": way,
        "hour": int(now.timestamp()) // 3600,
    }
    if not lookups.exists(Look, **look):
        Look.objects.bulk_create([Look(**look, at=now)], ignore_conflicts=True)


def prune_looks() -> int:
    """Forget looks after `LOOKS_ARE_KEPT`. Returns how many."""
    oldest = int((clock.now() - LOOKS_ARE_KEPT).timestamp()) // 3600
    return Look.objects.filter(hour__lt=oldest).delete()[0]


@transaction.atomic
def create_user(
    *, actor: Actor, email: str, name: str, role: Role, password: str | None, language: str = "ja"
) -> User:
    """Add a member of the staff. Without a password they set one through the reset link."""
    actor.require(Permission.USERS_MANAGE)
    user = User(email=email.strip().lower(), name=name.strip(), role=role.value, language=language)
    user.set_password(password)
    user.save()
    log("user.created", actor=actor, subject_type="user", subject_id=user.pk, detail={"role": role.value})
    return user


@transaction.atomic
def change_user(*, actor: Actor, user_id: int, role: Role, is_active: bool, team_ids: list[int]) -> User:
    """Change a person's role, teams or right to sign in. The last owner can't be taken away."""
    actor.require(Permission.USERS_MANAGE)
    user = User.objects.select_for_update().get(pk=user_id)
    others = User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=user_id)
    if user.role == Role.OWNER and (role != Role.OWNER or not is_active) and not others.exists():
        raise AccessError(_("The last owner must stay: make somebody else an owner first."))
    before = {"role": user.role, "active": user.is_active}
    user.role, user.is_active = role.value, is_active
    user.save(update_fields=["role", "is_active"])
    user.teams.set(team_ids)
    detail = {"before": before, "after": {"role": role.value, "active": is_active}, "teams": team_ids}
    log("user.changed", actor=actor, subject_type="user", subject_id=user.pk, detail=detail)
    return user


@transaction.atomic
def set_remedy_limit(*, actor: Actor, role: Role, currency: str, amount_minor: int) -> RemedyLimit:
    """Set what a role may grant per case without approval."""
    actor.require(Permission.USERS_MANAGE)
    if amount_minor < 0:
        raise AccessError(_("A limit can't be negative."))
    limit, _created = RemedyLimit.objects.update_or_create(
        role=role.value, currency=currency, defaults={"amount_minor": amount_minor}
    )
    detail = {"role": role.value, "currency": currency, "amount_minor": amount_minor}
    log("remedy_limit.changed", actor=actor, detail=detail)
    return limit


@transaction.atomic
def create_token(
    *, actor: Actor, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make an API token of the actor's own. Returns it with its key, which is shown this once only."""
    actor.require(Permission.SETTINGS_MANAGE)
    if actor.user_id is None or not scopes or set(scopes) - {right.value for right in actor.permissions}:
        raise AccessError(_("Choose at least one right, and only rights that you have yourself."))
    key = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        user_id=actor.user_id,
        prefix=key[:12],
        key_hash=hash_key(key),
        scopes=sorted(set(scopes)),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    log(
        "token.created",
        actor=actor,
        subject_type="token",
        subject_id=token.pk,
        detail={"scopes": token.scopes},
    )
    return token, key


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: int) -> None:
    """End a token at once."""
    actor.require(Permission.SETTINGS_MANAGE)
    if ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=clock.now()):
        log("token.revoked", actor=actor, subject_type="token", subject_id=token_id)


# Absences

LONGEST_ABSENCE = timedelta(days=366)


class AbsenceError(ValueError):
    """These days can't be; the text says why."""


@transaction.atomic
def record_absence(*, actor: Actor, user_id: int, first_day: date, last_day: date) -> Absence:
    """Say that somebody is not at work on these days: oneself, or anybody for who manages people.

    Raises `AbsenceError`, `NotAllowedError`, `User.DoesNotExist`.
    """
    _may_plan(actor, user_id)
    if last_day < first_day or last_day - first_day > LONGEST_ABSENCE:
        raise AbsenceError(_("The last day comes after the first, within a year."))
    person = User.objects.get(pk=user_id, is_active=True)
    return Absence.objects.create(user=person, first_day=first_day, last_day=last_day)


@transaction.atomic
def cancel_absence(*, actor: Actor, absence_id: int) -> None:
    """Take an absence back. Raises `NotAllowedError`, `Absence.DoesNotExist`."""
    actor.require(Permission.PROMISES_RECORD)
    row = Absence.objects.get(pk=absence_id)
    _may_plan(actor, row.user_id)
    row.delete()


def _may_plan(actor: Actor, user_id: int) -> None:
    actor.require(Permission.PROMISES_RECORD if user_id == actor.user_id else Permission.USERS_MANAGE)
