"""Invitations: the entries of a text/calendar part (RFC 5545, RFC 5546), read far enough to be shown. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .charset import clean

MAX_ENTRIES = 20
_MAX_TEXT = 1_000_000
_MAX_WORDS = 2_000
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z0-9\-]{1,60})((?:;[A-Za-z0-9\-]{1,60}=(?:\"[^\"]*\"|[^:;\"]*))*):(.*)", re.S)
_PARAMETER = re.compile(r";([A-Za-z0-9\-]+)=(?:\"([^\"]*)\"|([^:;\"]*))")
_DURATION = re.compile(r"([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
_ESCAPED = re.compile(r"\\([nN,;\\])")
_WINDOWS = {
    "tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul", "china standard time": "Asia/Shanghai",
    "taipei standard time": "Asia/Taipei", "singapore standard time": "Asia/Singapore", "utc": "UTC",
    "india standard time": "Asia/Kolkata", "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin", "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest", "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago", "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles", "aus eastern standard time": "Australia/Sydney",
}  # fmt: skip
"""What Outlook calls the zones, from the table of the Unicode CLDR; the commonest here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment. `starts` and `ends` are dates where it lasts whole days; without a zone where none is known,
    and then `zone` names it as it was written. `method`: request, cancel, reply… · `status`: confirmed, cancelled…"""

    summary: str = ""
    starts: datetime | date | None = None
    ends: datetime | date | None = None
    zone: str = ""
    place: str = ""
    organizer: str = ""
    attendees: int = 0
    repeats: bool = False
    method: str = ""
    status: str = ""
    words: str = ""


@dataclass(slots=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass(slots=True)
class _Component:
    """The properties of one VEVENT or VTIMEZONE, nested ones among them."""

    kind: str
    properties: list[_Property] = field(default_factory=list)

    def first(self, name: str) -> _Property | None:
        return next((item for item in self.properties if item.name == name), None)

    def text(self, name: str) -> str:
        found = self.first(name)
        return _plain(found.value) if found else ""


def read_calendar(text: str) -> tuple[Entry, ...]:
    """The appointments of a calendar part, at most twenty. Never raises: what can't be read is left out."""
    lines = _FOLD.sub("", text[:_MAX_TEXT]).splitlines()
    method = ""
    zones: dict[str, tzinfo] = {}
    events: list[_Component] = []
    for component in _components(lines):
        if component.kind == "METHOD":
            method = component.properties[0].value.strip().lower()
        elif component.kind == "VTIMEZONE":
            zones |= _fixed_zone(component)
        elif len(events) < MAX_ENTRIES:
            events.append(component)
    return tuple(_entry(event, method, zones) for event in events)


def _components(lines: list[str]) -> Iterator[_Component]:
    """Every VEVENT and VTIMEZONE, and the METHOD of the calendar as a component of its own."""
    current: _Component | None = None
    depth = 0
    for line in lines:
        match = _LINE.fullmatch(line.strip("\r"))
        if match is None:
            continue
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            kind = value.strip().upper()
            depth += current is not None
            if current is None and kind in ("VEVENT", "VTIMEZONE"):
                current = _Component(kind)
        elif name == "END" and current is not None:
            if depth:
                depth -= 1
            else:
                yield current
                current = None
        elif current is not None:
            if not depth or current.kind == "VTIMEZONE":
                current.properties.append(_Property(name, _parameters(match[2]), value))
        elif name == "METHOD":
            yield _Component("METHOD", [_Property(name, {}, value)])


def _parameters(text: str) -> dict[str, str]:
    return {match[1].upper(): match[2] or match[3] or "" for match in _PARAMETER.finditer(text)}


def _plain(value: str) -> str:
    text = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return clean(text).strip()[:_MAX_WORDS]


def _entry(event: _Component, method: str, zones: dict[str, tzinfo]) -> Entry:
    starts, zone = _moment(event.first("DTSTART"), zones)
    ends, _zone = _moment(event.first("DTEND"), zones)
    duration = event.first("DURATION")
    if ends is None and starts is not None and duration is not None:
        ends = starts + _span(duration.value)
    if ends is not None and not isinstance(ends, datetime):
        ends -= timedelta(days=1)  # the end of whole days is the first day that is free again
    organizer = event.first("ORGANIZER")
    return Entry(
        summary=event.text("SUMMARY"),
        starts=starts,
        ends=ends,
        zone=zone,
        place=event.text("LOCATION"),
        organizer=_person(organizer) if organizer else "",
        attendees=sum(item.name == "ATTENDEE" for item in event.properties),
        repeats=event.first("RRULE") is not None,
        method=clean(method)[:20],
        status=event.text("STATUS").lower()[:20],
        words=event.text("DESCRIPTION"),
    )


def _person(found: _Property) -> str:
    address = re.sub(r"^mailto:", "", found.value.strip(), flags=re.I)
    name = found.parameters.get("CN", "")
    return _plain(f"{name} <{address}>" if name and name != address else address)[:300]


def _moment(found: _Property | None, zones: dict[str, tzinfo]) -> tuple[datetime | date | None, str]:
    """The moment, and the name of its zone where that is not known."""
    if found is None:
        return None, ""
    value = found.value.strip()
    try:
        if len(value) == 8:
            return datetime.strptime(value, "%Y%m%d").date(), ""  # noqa: DTZ007 - a day has no zone
        if value.endswith("Z"):
            return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), ""
        bare = datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the zone is looked up below
    except ValueError:
        return None, ""
    name = found.parameters.get("TZID", "")
    zone = _zone(name, zones)
    return (bare.replace(tzinfo=zone), "") if zone else (bare, clean(name)[:60])


def _zone(name: str, zones: dict[str, tzinfo]) -> tzinfo | None:
    known = _WINDOWS.get(name.lower(), name)
    try:
        return ZoneInfo(known) if known else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return zones.get(name)


def _fixed_zone(component: _Component) -> dict[str, tzinfo]:
    """A zone that the part describes itself, where it is always the same; others need its rules of summer time."""
    offsets = {item.value.strip() for item in component.properties if item.name == "TZOFFSETTO"}
    match = _OFFSET.match(offsets.pop()) if len(offsets) == 1 else None
    if match is None:
        return {}
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if span >= timedelta(hours=24):
        return {}
    return {component.text("TZID"): timezone(-span if match[1] == "-" else span)}


def _span(value: str) -> timedelta:
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        return timedelta(0)
    weeks, days, hours, minutes, seconds = (min(int(part or 0), 100_000) for part in match.groups()[1:])
    found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -found if match[1] == "-" else found
