"""Event kinds: a name, a typed payload and what the event is about.

An app declares its kinds in its `events.py`:

    @event_kind("promise.made", _("Promise made"), subject="promise")
    @dataclass(frozen=True, slots=True)
    class PromiseMade:
        promise_id: int
        kind: Code

Payloads carry ids, figures, moments and short codes, never contact data or message text: a person can be
erased while the events stay. `Code` is a short machine word; free text is refused when it is recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NewType, TypeVar, get_type_hints

from django.utils.functional import Promise as LazyText

Code = NewType("Code", str)
"""A short machine word such as `shipped` or `shopify`: letters, digits and `._:-`, at most 64."""

_CODE = re.compile(r"[A-Za-z0-9._:\-]{0,64}")
Payload = TypeVar("Payload")


class PayloadError(TypeError):
    """A payload's class or value could carry personal data, or isn't a frozen dataclass."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind: `name` (`app.verb`), `label` for people, `subject` (what it is about), its payload class."""

    name: str
    label: str | LazyText
    payload: type[Any]
    subject: str
    in_timeline: bool


_kinds: dict[str, EventKind] = {}
_by_payload: dict[type[Any], EventKind] = {}
_names_of: dict[type[Any], tuple[str, ...]] = {}


def event_kind(
    name: str, label: str | LazyText, *, subject: str = "", in_timeline: bool = True
) -> Callable[[type[Payload]], type[Payload]]:
    """Register a payload class under `name`. `subject` names the field `<subject>_id` that says what it is about."""

    def register(payload: type[Payload]) -> type[Payload]:
        _refuse_wrong_class(name, payload, subject)
        kind = EventKind(name, label, payload, subject, in_timeline)
        _kinds[name] = _by_payload[payload] = kind
        _names_of[payload] = tuple(field.name for field in fields(payload))  # type: ignore[arg-type]
        return payload

    return register


def _refuse_wrong_class(name: str, payload: type[Any], subject: str) -> None:
    if name in _kinds:
        raise PayloadError(f"Event kind {name!r} is declared twice: {_kinds[name].payload} and {payload}.")
    if not is_dataclass(payload) or not payload.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise PayloadError(f"The payload of {name!r} must be a frozen dataclass.")
    for field, annotation in get_type_hints(payload).items():
        if not _is_allowed(annotation):
            raise PayloadError(
                f"{name!r}.{field}: {annotation} may not stand in an event; use int, float, bool, datetime, date, Code."
            )
    if subject and f"{subject}_id" not in {field.name for field in fields(payload)}:
        raise PayloadError(f"The payload of {name!r} lacks {subject}_id.")


def _is_allowed(annotation: Any) -> bool:
    options = getattr(annotation, "__args__", None) or (annotation,)
    return all(option in (int, float, bool, Code, datetime, date, type(None)) for option in options)


def kind_of(payload: object) -> EventKind:
    """The kind of a payload. Raises `PayloadError` for a class that isn't registered."""
    try:
        return _by_payload[type(payload)]
    except KeyError:
        raise PayloadError(f"{type(payload).__name__} is not registered with @event_kind.") from None


def kind_named(name: str) -> EventKind:
    """The kind called `name`; `KeyError` when there is none."""
    return _kinds[name]


def all_kinds() -> list[EventKind]:
    """Every registered kind, by name."""
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def to_json(payload: object) -> dict[str, Any]:
    """The payload as JSON. Raises `PayloadError` for a text that isn't a code."""
    result: dict[str, Any] = {}
    for name in _names_of[type(payload)]:
        value = getattr(payload, name)
        if isinstance(value, str) and not _CODE.fullmatch(value):
            raise PayloadError(f"{type(payload).__name__}.{name} is not a code; events carry no free text.")
        result[name] = value.isoformat() if isinstance(value, date) else value
    return result


def from_json(name: str, data: dict[str, Any]) -> Any:
    """The payload back as its class; fields added later take their defaults. Inverse of `to_json`."""
    payload = kind_named(name).payload
    hints = _hints(name)
    return payload(**{key: _read(hints[key], value) for key, value in data.items() if key in hints})


@cache
def _hints(name: str) -> dict[str, Any]:
    return get_type_hints(kind_named(name).payload)


def _read(annotation: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    options = getattr(annotation, "__args__", None) or (annotation,)
    if datetime in options:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if date in options else value
