"""What reading a mail found out, in the form in which it is stored with its message and shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from mikomi.channels.email.reading.authentication import trusted_authentication
from mikomi.channels.email.reading.calendars import Entry
from mikomi.channels.email.reading.parsed import NestedMessage, ParsedMessage
from mikomi.channels.models import Mailbox
from mikomi.conversations.records import Marks
from mikomi.core.text import clean


def marks_of(parsed: ParsedMessage, mailbox: Mailbox) -> Marks:
    """The marks of a mail that came to this mailbox; what there is nothing of has no key."""
    marks = Marks()
    found = trusted_authentication(parsed.headers.get("authentication-results", ()), mailbox.trusted_authserv)
    if found is not None:
        verdicts = {"spf": found.spf, "dkim": found.dkim, "dmarc": found.dmarc, "by": found.server}
        marks["authentication"] = {name: value for name, value in verdicts.items() if value}
    if parsed.security:
        marks["security"] = parsed.security
    if parsed.invitations:
        marks["invitations"] = [_entry(one) for one in parsed.invitations]
    if parsed.nested:
        marks["nested"] = [_nested(one) for one in parsed.nested]
    if report := _report(parsed):
        marks["report"] = report
    return marks


def _report(parsed: ParsedMessage) -> str:
    """Which kind of machine wrote it, if that can be told."""
    if parsed.complaint:
        return "complaint"
    if parsed.is_bounce:
        return "bounce"
    if parsed.auto.out_of_office:
        return "out_of_office"
    return "list" if parsed.auto.is_list or parsed.auto.is_bulk else ""


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "summary": entry.summary,
        "starts": _iso(entry.starts),
        "ends": _iso(entry.ends),
        "zone": entry.zone,
        "place": entry.place,
        "organizer": entry.organizer,
        "attendees": entry.attendees,
        "repeats": entry.repeats,
        "method": entry.method,
        "status": entry.status,
        "words": entry.words,
    }


def _nested(one: NestedMessage) -> dict[str, Any]:
    return {
        "name": one.part_name,
        "sender": one.sender,
        "to": one.to,
        "subject": clean(one.subject),
        "date": _iso(one.date),
        "text": clean(one.text),
        "is_cut": one.is_cut,
        "parts": list(one.parts),
    }


def _iso(moment: datetime | date | None) -> str:
    """Days are told from moments by their form: 2026-11-25 and 2026-11-25T09:00:00+09:00."""
    return moment.isoformat() if moment else ""
