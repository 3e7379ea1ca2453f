"""What can become of a message on its way out."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mikomi.core.events.kinds import Code, event_kind


@event_kind("outgoing.held", _("Waits for a person to release it"), subject="outgoing", in_timeline=False)
@dataclass(frozen=True, slots=True)
class OutgoingHeld:
    outgoing_id: int
    purpose: Code
    channel: Code


@event_kind("outgoing.sent", _("Sent"), subject="outgoing", in_timeline=False)
@dataclass(frozen=True, slots=True)
class OutgoingSent:
    outgoing_id: int
    purpose: Code
    channel: Code


@event_kind("outgoing.refused", _("Not sent"), subject="outgoing")
@dataclass(frozen=True, slots=True)
class OutgoingRefused:
    outgoing_id: int
    purpose: Code
    channel: Code
    reason: Code


@event_kind("outgoing.failed", _("Could not be delivered"), subject="outgoing")
@dataclass(frozen=True, slots=True)
class OutgoingFailed:
    outgoing_id: int
    purpose: Code
    channel: Code
    reason: Code


@event_kind("outgoing.uncertain", _("Perhaps sent: a person decides"), subject="outgoing")
@dataclass(frozen=True, slots=True)
class OutgoingUncertain:
    outgoing_id: int
    purpose: Code
    channel: Code


@event_kind("outgoing.complained", _("Reported as unwanted by its reader"), subject="outgoing")
@dataclass(frozen=True, slots=True)
class OutgoingComplained:
    outgoing_id: int
    purpose: Code
    channel: Code
