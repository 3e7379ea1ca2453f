"""The page that describes the API, made from its own OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A value that is sent or given. `kind` in a few words: text, whole number…"""

    name: str
    kind: str
    place: str = ""
    required: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it. `rights`: ways to be allowed, of each all are needed."""

    method: str
    path: str
    summary: str
    note: str
    rights: list[str]
    sent: list[Field]
    given: list[Field]
    status: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations about one kind of thing."""

    name: str
    operations: list[Operation] = field(default_factory=list)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    from mikomi.api.api import api  # takes a second or two: not at the start

    shown = {
        "chapters": chapters(api.get_openapi_schema()),
        "document": api.get_root_path({}) + "openapi.json",
    }
    return render(request, "api/docs.jinja", shown)


def chapters(schema: Json) -> list[Chapter]:
    """The document by its tags, in the order of the document."""
    found: dict[str, Chapter] = {}
    for path, operations in schema["paths"].items():
        for method, one in operations.items():
            name = one["tags"][0]
            found.setdefault(name, Chapter(name)).operations.append(_operation(schema, path, method, one))
    return list(found.values())


def _operation(schema: Json, path: str, method: str, one: Json) -> Operation:
    status = next(code for code in map(str, one["responses"]) if code < "300")
    answer = next(reply for code, reply in one["responses"].items() if str(code) == status)
    ways = [" + ".join(way["Token"]) for way in one["security"]]
    return Operation(
        method=method.upper(),
        path=path,
        summary=one["summary"],
        note=one.get("description", "").partition(".")[2].strip(),
        rights=ways if len(ways) < 8 else [],
        sent=[*_parameters(schema, one), *_content(schema, one.get("requestBody", {}))],
        given=list(_content(schema, answer)),
        status=status,
    )


def _parameters(schema: Json, one: Json) -> Iterator[Field]:
    for each in one["parameters"]:
        kind = _kind(schema, each["schema"])
        yield Field(each["name"], kind, each["in"], each["required"], each.get("description", ""))


def _content(schema: Json, holder: Json) -> Iterator[Field]:
    for content in holder.get("content", {}).values():
        shape = _resolved(schema, content["schema"])
        required = set(shape.get("required", ()))
        for name, one in shape.get("properties", {}).items():
            note = one.get("description", "")
            yield Field(name, _kind(schema, one), "body", name in required, note)


def _resolved(schema: Json, one: Json) -> Json:
    reference = one.get("$ref")
    return schema["components"]["schemas"][reference.rpartition("/")[2]] if reference else one


def _kind(schema: Json, one: Json) -> str:
    """A type in a few words, as programs write it."""
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        choices = _resolved(schema, one).get("enum")
        return " | ".join(map(str, choices)) if choices else name
    if "anyOf" in one:
        return " | ".join(dict.fromkeys(_kind(schema, each) for each in one["anyOf"]))
    if "enum" in one:
        return " | ".join(str(each) or '""' for each in one["enum"])
    if one.get("type") == "array":
        return f"[{_kind(schema, one.get('items', {}))}]"
    return str(one.get("format") or one.get("type") or "any")
