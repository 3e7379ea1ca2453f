"""The labelled lines of `snippets.txt`, and a found value in the same short words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mikomi.facts.rules.extraction import Found, extract
from mikomi.facts.rules.values import Day, Duration, Hours, Number, Phone, Price, Spans, Value, YesNo

_FILE = Path(__file__).with_name("snippets.txt")
_UNITS = {
    "working_days": "wd", "days": "d", "hours": "h", "minutes": "min", "weeks": "w", "months": "mo", "years": "y",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line, what it says, and the part of the file it stands in."""

    part: str
    text: str
    labels: tuple[str, ...]

    @property
    def is_japanese(self) -> bool:
        return any(ord(char) > 0x2FFF for char in self.text)


def snippets(part: str = "") -> list[Snippet]:
    return [one for one in _read() if part in ("", one.part)]


def _read() -> Iterator[Snippet]:
    part = ""
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]") if "=>" not in line else part
        if "=>" in line and not line.startswith("#"):
            text, _arrow, labels = line.partition("=>")
            yield Snippet(part, text.strip(), tuple(sorted(labels.split())))


def said(text: str) -> tuple[str, ...]:
    return tuple(sorted(label(one) for one in extract(text)))


def label(found: Found) -> str:
    mark = f"!{found.mark}" if found.mark and not isinstance(found.value, YesNo) else ""
    if isinstance(found.value, YesNo):
        return f"{found.mark}:{'yes' if found.value.yes else 'no'}"
    return _value(found.value) + mark


def _value(value: Value) -> str:
    if isinstance(value, Price):
        return f"{value.minor}{value.currency}" + {"included": "+in", "excluded": "+ex", "": ""}[value.tax]
    if isinstance(value, Phone):
        return value.e164
    if isinstance(value, Hours):
        return _hours(value)
    if isinstance(value, Duration):
        return f"{value.low}-{value.high}{_UNITS[value.unit]}"
    if isinstance(value, Number):
        return f"{value.amount:f}{value.unit}"
    assert isinstance(value, Day)
    return value.day.isoformat()


def _hours(value: Hours) -> str:
    parts: list[list[object]] = []
    for day, spans in enumerate(value.week):
        if spans is None:
            continue
        if parts and parts[-1][1] == day - 1 and parts[-1][2] == spans:
            parts[-1][1] = day
        else:
            parts.append([day, day, spans])
    shown = [f"{a}={_spans(s)}" if a == b else f"{a}-{b}={_spans(s)}" for a, b, s in parts]  # type: ignore[arg-type]
    return "h:" + ";".join(shown + ([f"every={_spans(value.every)}"] if value.every else []))


def _spans(spans: Spans) -> str:
    return ",".join(f"{a // 60}:{a % 60:02d}-{b // 60}:{b % 60:02d}" for a, b in spans) or "closed"
