"""Who keeps a promise."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening
from mikomi.promises.assessing import load_cases
from mikomi.promises.bench import OPEN
from mikomi.promises.events import HandedOver
from mikomi.promises.models import Promise
from mikomi.promises.operations.observing import settle
from mikomi.promises.queries.visible import visible


class KeeperError(ValueError):
    """This person can't keep it; the text says why."""


@transaction.atomic
def hand_over(*, actor: Actor, promise_id: int, keeper_id: int | None) -> Promise:
    """Let a colleague keep an open promise; none: whoever has time. Its chance of breach follows at once.

    Raises `KeeperError`, `NotAllowedError`, `Promise.DoesNotExist`.
    """
    actor.require(Permission.PROMISES_RECORD)
    row = visible(actor).select_for_update(of=("self",)).get(pk=promise_id)
    if row.state not in OPEN:
        raise KeeperError(_("This promise is decided: there is nothing left to keep."))
    if keeper_id is not None and keeper_id not in access.keepers_of_promises(team_id=row.team_id):
        raise KeeperError(_("Only a colleague who may record promises, and sees this one, can keep it."))
    if row.keeper_id != keeper_id:
        row.keeper_id = keeper_id
        row.save(update_fields=["keeper_id"])
        over = HandedOver(row.pk, Code(row.kind), keeper_id)
        told = Happening(over, row.customer_id, None, False, actor.user_id)
        settle(list(load_cases([row]).values()), clock.now(), before=[told])
    return row
