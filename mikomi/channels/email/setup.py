"""The e-mail channel, as the registry knows it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mikomi.channels.email.filing import reading
from mikomi.channels.email.transport import deliver_due
from mikomi.channels.registry import Channel

CHANNEL = Channel("email", _("E-mail"), answers_by="email", reading=reading, deliver=deliver_due)
