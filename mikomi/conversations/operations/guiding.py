"""What the business usually does about broken promises of one cause."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.conversations.models import RecoveryCase, RecoveryGuide, Remedy
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.facts.queries import FactUnavailableError, refuse_unknown

LONGEST_FOLLOW_UP = 365  # days


class GuideError(ValueError):
    """This guide can't be used; the text says why."""


@transaction.atomic
def set_guide(
    *,
    actor: Actor,
    cause: str,
    remedy_kind: str = "",
    remedy_minor: int = 0,
    follow_up_days: int = 3,
    prevention: str = "",
) -> RecoveryGuide:
    """Say what is proposed on cases of this cause. `remedy_minor` in the business's currency; `prevention` may quote
    facts. Raises `GuideError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    if cause not in RecoveryCase.Cause.values:
        raise GuideError(_("There is no such cause."))
    if remedy_kind not in ("", *Remedy.Kind.values) or remedy_minor < 0:
        raise GuideError(_("This is not a remedy that a person can grant."))
    if not 0 <= follow_up_days <= LONGEST_FOLLOW_UP:
        raise GuideError(_("A follow-up lies between 0 and 365 days ahead."))
    try:
        refuse_unknown(prevention)
    except FactUnavailableError as error:
        raise GuideError(str(error)) from error
    guide, _made = RecoveryGuide.objects.update_or_create(
        cause=cause,
        defaults={
            "remedy_kind": remedy_kind,
            "remedy_minor": remedy_minor if remedy_kind else 0,
            "follow_up_days": follow_up_days,
            "prevention": prevention.strip()[:5000],
        },
    )
    return guide
