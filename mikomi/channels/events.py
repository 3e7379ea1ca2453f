"""What can happen where messages arrive."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mikomi.core.events.kinds import Code, event_kind


@event_kind("intake.quarantined", _("Message could not be read"), subject="intake", in_timeline=False)
@dataclass(frozen=True, slots=True)
class IntakeQuarantined:
    intake_id: int
    channel: Code
    reason: Code


@event_kind("mailbox.failing", _("Mailbox can't be read"), subject="mailbox", in_timeline=False)
@dataclass(frozen=True, slots=True)
class MailboxFailing:
    mailbox_id: int
    problem: Code


@event_kind("mailbox.recovered", _("Mailbox can be read again"), subject="mailbox", in_timeline=False)
@dataclass(frozen=True, slots=True)
class MailboxRecovered:
    mailbox_id: int
