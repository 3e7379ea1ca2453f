"""vCards 2.1, 3.0 and 4.0 to people: what phones, address books and mail programs write.

Readings of Japanese names come as X-PHONETIC-LAST-NAME and X-PHONETIC-FIRST-NAME (Apple, Google), as SORT-STRING or,
from older phones, as SOUND;X-IRMC-N. Fax and pager numbers are left out.
"""

import io
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from mikomi.core.tables.encodings import detect
from mikomi.core.tables.lines import Lines
from mikomi.core.text import whole_number
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.dates import AmbiguousDateError, parse_moment
from mikomi.integrations.files.issues import WARNING, RowIssue, bad_value
from mikomi.integrations.files.names import shown_name
from mikomi.integrations.files.records import AddressRecord, PersonRecord
from mikomi.integrations.files.settings import ParseSettings

_LONGEST = 200_000  # characters of a property that are kept; photographs are longer and not wanted
_HEAD = re.compile(r'(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<params>(?:;(?:"[^"]*"|[^";:])*)*):', re.DOTALL)
_PARAMS = re.compile(r';((?:"[^"]*"|[^";])*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_UNESCAPED_SEPARATOR = {mark: re.compile(rf"(?<!\\){re.escape(mark)}") for mark in ";,"}
_NOT_TO_CALL = frozenset({"fax", "pager", "modem"})


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a card: upper-case name, lower-case parameters, the raw value."""

    line: int
    name: str
    params: dict[str, list[str]]
    value: str

    @property
    def types(self) -> set[str]:
        """The words of TYPE, with the bare words of vCard 2.1."""
        return set(self.params.get("type", []))

    @property
    def preference(self) -> int:
        """1 is the most preferred, 100 says nothing."""
        stated = whole_number(self.params.get("pref", [""])[0], digits=3)
        return stated if stated is not None else 1 if "pref" in self.types else 100

    def text(self) -> str:
        """The value without escapes."""
        return _plain(self.value)

    def parts(self, mark: str = ";") -> list[str]:
        """The value's components."""
        return [_plain(part) for part in _UNESCAPED_SEPARATOR[mark].split(self.value)]


@dataclass(slots=True)
class _Card:
    line: int
    properties: list[Property] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return sorted((one for one in self.properties if one.name == name), key=lambda one: one.preference)

    def first(self, *names: str) -> str:
        return next((text for name in names for one in self.all(name) if (text := one.text())), "")


def read_cards(source: bytes | Path | BinaryIO, settings: ParseSettings) -> Iterator[PersonRecord | RowIssue]:
    """A person for each card, and what is wrong. A file without any card gives one issue only."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from read_cards(file, settings)
        return
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    found_any = False
    for card in _cards(_properties(Lines(stream, detect(stream), _LONGEST))):
        found_any = True
        yield from _person(card, settings)
    if not found_any:
        yield RowIssue(0, "", "bad_card")


def _cards(properties: Iterator[Property]) -> Iterator[_Card]:
    """Cards, also the last one of a file that was cut off; a card inside a card (AGENT) is left out."""
    open_cards: list[_Card] = []
    for one in properties:
        mark = one.value.strip().upper()
        if one.name == "BEGIN" and mark == "VCARD":
            open_cards.append(_Card(one.line))
        elif one.name == "END" and mark == "VCARD" and open_cards:
            card = open_cards.pop()
            if not open_cards:
                yield card
        elif open_cards:
            open_cards[-1].properties.append(one)
    yield from open_cards[:1]


def _properties(lines: Lines) -> Iterator[Property]:
    """Unfolded lines: a line that begins with a blank goes on with the one before."""
    held, number = "", 0
    for raw in lines:
        line = raw.rstrip("\r\n")
        if held and (line[:1] in (" ", "\t") or _is_soft_break(held)):
            more = line if _is_soft_break(held) else line[1:]
            held = (held.removesuffix("=") + more if _is_soft_break(held) else held + more)[:_LONGEST]
            continue
        if (found := _property(held, number)) is not None:
            yield found
        held, number = line, lines.number
    if (found := _property(held, number)) is not None:
        yield found


def _is_soft_break(held: str) -> bool:
    """Quoted-printable goes on behind a = at the line's end (vCard 2.1)."""
    return held.endswith("=") and "QUOTED-PRINTABLE" in held[:200].upper()


def _property(line: str, number: int) -> Property | None:
    match = _HEAD.match(line)
    if match is None:
        return None
    params: dict[str, list[str]] = {}
    for raw in _PARAMS.findall(match["params"]):
        name, equals, value = raw.partition("=")
        key = name.strip().lower() if equals else "type"
        words = (value if equals else name).replace('"', "").split(",")
        params.setdefault(key, []).extend(word.strip().lower() for word in words)
    value = line[match.end() :]
    if "quoted-printable" in params.get("encoding", []) + params.get("type", []):
        value = _quoted_printable(value, params.get("charset", ["utf-8"])[0])
    return Property(number, match["name"].upper(), params, value)


def _quoted_printable(value: str, charset: str) -> str:
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    names = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932"}
    try:
        return data.decode(names.get(charset, charset), "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text).strip()


def _person(card: _Card, settings: ParseSettings) -> Iterator[PersonRecord | RowIssue]:
    issues: list[RowIssue] = []
    names = [*(card.all("N")[0].parts() if card.all("N") else []), "", ""]
    kana = _kana(card)
    uid = card.first("UID").removeprefix("urn:uuid:")
    person = PersonRecord(
        source="vcard",
        external_ids=(("vcard", uid),) if uid else (),
        name=card.first("FN") or shown_name(names[0], names[1]) or card.first("NICKNAME"),
        family_name=names[0],
        given_name=names[1],
        kana=kana[0],
        family_kana=kana[1],
        given_kana=kana[2],
        emails=_emails(card, issues),
        phones=_phones(card),
        company=card.all("ORG")[0].parts()[0] if card.all("ORG") else "",
        address=_address(card),
        language=card.first("LANG"),
        birthday=_birthday(card, settings),
        tags=tuple(dict.fromkeys(tag for one in card.all("CATEGORIES") for tag in one.parts(",") if tag)),
        note="\n".join(one.text() for one in card.all("NOTE")),
        line_numbers=(card.line,),
    )
    yield from issues
    if person.is_known or person.name:
        yield person
    else:
        yield RowIssue(card.line, "", "no_person")


def _kana(card: _Card) -> tuple[str, str, str]:
    family, given = card.first("X-PHONETIC-LAST-NAME"), card.first("X-PHONETIC-FIRST-NAME")
    sound = next((one.parts() for one in card.all("SOUND") if "x-irmc-n" in one.types), [])
    if not family and not given and sound:
        family, given = [*sound, ""][:2]
    sort = card.first("SORT-STRING")
    sorts = [part for one in card.all("N") for part in one.params.get("sort-as", [])]
    whole = sort or " ".join(sorts)
    is_reading = bool(re.search("[\u3041-\u30ff\uff66-\uff9f]", whole))
    return (whole if is_reading and not family and not given else ""), family, given


def _emails(card: _Card, issues: list[RowIssue]) -> tuple[str, ...]:
    found = []
    for one in card.all("EMAIL"):
        address = read.email(one.text())
        if address is not None:
            found.append(address)
        elif one.text():
            issues.append(bad_value(one.line, "EMAIL", "bad_email", one.text(), WARNING))
    return tuple(dict.fromkeys(found))


def _phones(card: _Card) -> tuple[str, ...]:
    found = []
    for one in card.all("TEL"):
        number = one.text()
        if number.lower().startswith("tel:"):
            number = number[4:].partition(";")[0]
        if not one.types & _NOT_TO_CALL and read.is_phone(number):
            found.append(number)
    return tuple(dict.fromkeys(found))


def _address(card: _Card) -> AddressRecord:
    """The first address: post box; extension; street; city; region; postal code; country (RFC 6350, 6.3.1)."""
    for one in card.all("ADR"):
        box, extension, street, city, province, postal_code, country = [*one.parts(), *[""] * 7][:7]
        lines = [part for text in (street, extension, box) for part in text.split("\n") if part]
        found = AddressRecord(country, province, city, postal_code, tuple(lines))
        if found:
            return found
    return AddressRecord()


def _birthday(card: _Card, settings: ParseSettings) -> date | None:
    for one in card.all("BDAY"):
        try:
            found = parse_moment(one.text(), settings.zone)
        except AmbiguousDateError:
            continue
        if found is not None:
            return found.date() if isinstance(found, datetime) else found
    return None
