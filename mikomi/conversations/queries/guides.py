"""What the business usually does about broken promises of one cause."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mikomi.conversations.models import RecoveryCase, RecoveryGuide
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.facts.queries import said
from mikomi.facts.rules import keys

Cause = RecoveryCase.Cause


def guides(*, actor: Actor) -> list[RecoveryGuide]:
    """The guide of each cause, the shipped one where the business has none of its own."""
    actor.require(Permission.CONVERSATIONS_VIEW)
    own = {row.cause: row for row in RecoveryGuide.objects.all()}
    return [own.get(cause) or _shipped(cause) for cause in Cause.values]


def proposed_prevention(found: RecoveryGuide) -> str:
    """What a guide proposes, with its facts said in the reader's language; one that can't be said shows as 【…】, and
    a letter with it is not sent."""
    quoted = said(keys.quoted(found.prevention), get_language() or "en")
    return keys.replace_quotes(
        found.prevention,
        lambda key: quoted.texts.get(key) or f"【{keys.PREFIX}{key}: {quoted.problems[key]}】",
    )


def guide(cause: str) -> RecoveryGuide:
    """The guide of one cause."""
    return RecoveryGuide.objects.filter(cause=cause).first() or _shipped(cause)


def _shipped(cause: str) -> RecoveryGuide:
    """A start: what usually helps, in the reader's language."""
    preventions = {
        Cause.PEOPLE: _("Talk the case through with those concerned; add what was missing to the training."),
        Cause.PROCESS: _(
            "Write down the step that failed, who does it, and the check that would have shown it."
        ),
        Cause.STOCK: _("Correct the stock, and the level at which we order again."),
        Cause.CARRIER: _("Take it up with the carrier; quote longer times on this route until it is better."),
        Cause.UNREALISTIC: _("Quote from what history shows we can keep."),
        Cause.INFORMATION: _("Correct the fact at its source, and every place that repeats it."),
    }
    return RecoveryGuide(cause=cause, follow_up_days=3, prevention=preventions.get(Cause(cause), ""))
