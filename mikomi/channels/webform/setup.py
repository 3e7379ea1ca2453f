"""The contact form, as the registry knows it. Who writes here is answered by e-mail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from mikomi.channels import letters
from mikomi.channels.models import Intake, WebForm
from mikomi.channels.registry import Channel, Read
from mikomi.channels.verdicts import File, Ignore, Quarantine, Verdict


@contextmanager
def reading() -> Iterator[Read]:
    """The reader of what forms sent."""
    yield verdict_of


def verdict_of(intake: Intake) -> Verdict:
    """Into a conversation, unless it looks like a program's work and no person has let it through."""
    letter = letters.read_letter(intake)
    if letter is None:
        return Ignore("erased")
    if intake.detail.get("suspicion") and not intake.detail.get("released_by"):
        return Quarantine(intake.detail["suspicion"])
    form = WebForm.objects.filter(pk=int(intake.source)).first()
    sender_key = str(form.mailbox_id) if form and form.mailbox_id else ""
    message = letters.incoming(intake, letter, team_id=form.team_id if form else None, sender_key=sender_key)
    return File(message, parser_version=letters.VERSION)


CHANNEL = Channel("webform", _("Contact form"), answers_by="email", reading=reading)
