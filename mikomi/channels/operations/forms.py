"""Contact forms."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.channels.models import Mailbox, WebForm
from mikomi.channels.operations.mailboxes import SettingsRefusedError
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.facts.queries import FactUnavailableError, refuse_unknown

LONGEST_INTRO = 2_000


@transaction.atomic
def save_form(
    *,
    actor: Actor,
    name: str,
    intro: str = "",
    mailbox_id: int | None = None,
    team_id: int | None = None,
    is_active: bool = True,
    form_id: int | None = None,
) -> WebForm:
    """Make a contact form or change one; its address stays. Raises `SettingsRefusedError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    errors: dict[str, str] = {}
    if not name.strip() or len(name) > 200:
        errors["name"] = _("A name of 1 to 200 characters is needed.")
    if len(intro) > LONGEST_INTRO:
        errors["intro"] = _("Please write at most %(most)s characters.") % {"most": LONGEST_INTRO}
    errors |= _fact_errors(intro)
    if mailbox_id and not Mailbox.objects.filter(pk=mailbox_id).exists():
        errors["mailbox_id"] = _("Choose one of the list.")
    if errors:
        raise SettingsRefusedError(errors)
    form = WebForm.objects.get(pk=form_id) if form_id else WebForm(token=secrets.token_urlsafe(12))
    form.name, form.intro, form.is_active = name.strip(), intro.strip(), is_active
    form.mailbox_id, form.team_id = mailbox_id, team_id
    form.save()
    access.log("webform.saved", actor=actor, subject_type="webform", subject_id=form.pk)
    return form


def _fact_errors(intro: str) -> dict[str, str]:
    """The introduction quotes only facts that there are and that have not expired."""
    try:
        refuse_unknown(intro)
    except FactUnavailableError as error:
        return {"intro": str(error)}
    return {}
