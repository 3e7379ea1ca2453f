"""The sections of the settings, each with the right that opens it. A new section is one line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mikomi.core.access.rules import Permission
from mikomi.web import navigation
from mikomi.web.staff import StaffRequest


@dataclass(frozen=True, slots=True)
class Section:
    """One section: the name of its address, its word, icon and right."""

    name: str
    label: str | Promise
    icon: str
    right: Permission


SECTIONS = (
    Section("settings", _("Business"), "store", Permission.SETTINGS_MANAGE),
    Section("settings_hours", _("Hours and holidays"), "calendar-days", Permission.SETTINGS_MANAGE),
    Section("settings_places", _("Stores and teams"), "map-pin", Permission.SETTINGS_MANAGE),
    Section("settings_people", _("People and rights"), "users", Permission.USERS_MANAGE),
    Section("settings_absences", _("Absences"), "calendar-off", Permission.PROMISES_RECORD),
    Section("settings_mailboxes", _("Mailboxes and forms"), "mail", Permission.SETTINGS_MANAGE),
    Section("settings_senders", _("Sending"), "send", Permission.SETTINGS_MANAGE),
    Section("settings_desk", _("Response times"), "timer", Permission.SETTINGS_MANAGE),
    Section("settings_notices", _("Notices"), "megaphone", Permission.SETTINGS_MANAGE),
    Section("settings_promises", _("Promises"), "handshake", Permission.SETTINGS_MANAGE),
    Section("settings_guides", _("Recovery guides"), "list-checks", Permission.SETTINGS_MANAGE),
    Section("settings_templates", _("Templates"), "file-text", Permission.TEMPLATES_EDIT),
    Section("settings_shops", _("Shops"), "shopping-bag", Permission.SETTINGS_MANAGE),
    Section("settings_programs", _("API tokens"), "key-round", Permission.SETTINGS_MANAGE),
    Section("settings_webhooks", _("Webhooks"), "webhook", Permission.WEBHOOKS_MANAGE),
    Section("settings_quarantine", _("Quarantine"), "shield-alert", Permission.CONVERSATIONS_VIEW),
    Section("settings_operations", _("Operations"), "activity", Permission.OPERATIONS_VIEW),
    Section("settings_log", _("Access log"), "scroll-text", Permission.AUDIT_VIEW),
)


def section_page(
    request: StaffRequest, template: str, here: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    """A page of the settings with its sections beside it: those that exist and that this person may open."""
    found = [
        (one, address)
        for one in SECTIONS
        if request.actor.may(one.right) and (address := navigation.address(one.name))
    ]
    tabs = [{"word": one.label, "href": address, "current": one.name == here} for one, address in found]
    title = next((one.label for one in SECTIONS if one.name == here), "")
    return render(request, template, {"tabs": tabs, "title": title, **context}, status=status)
