"""Texts with fill-in fields and conditions: `{{ customer.greeting }}`, `{% if order.carrier %}…{% endif %}`, and
facts: `{{ fact.price.G1 }}`.

A tiny language on purpose: fields by name, no expressions, no loops, no code. Pure. A field that isn't known is an
error when the template is saved; one that has no value yet shows as 【its label】 so that a person fills it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mikomi.facts.rules import keys

_TOKEN = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_NAME = re.compile(r"[a-z]+(?:\.[a-z_]+)*")
_CONDITION = re.compile(r"(?P<negated>not\s+)?(?P<name>[a-z]+(?:\.[a-z_]+)*)")
_UNFILLED = re.compile(r"【[^【】\n]{1,80}】")
DEEPEST = 5
FACTS = "fact.*"
"""Among the known fields: every fact by its key. Whether there is one is asked when a template is saved and filled."""


class TemplateError(ValueError):
    """A template can't be read. `code`: unknown_field, unknown_tag, unclosed, unexpected or too_deep."""

    def __init__(self, code: str, detail: str, line: int) -> None:
        super().__init__(f"{code}: {detail} (line {line})")
        self.code, self.detail, self.line = code, detail, line


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A place to fill in."""

    name: str


@dataclass(frozen=True, slots=True)
class Branch:
    """What stands there when the field has a value (or, negated, has none)."""

    name: str
    negated: bool
    then: tuple[Part, ...]
    otherwise: tuple[Part, ...]


Part = Text | Field | Branch
_Token = tuple[str, str, int]
"""Kind (text, field, if, elif, else, endif), content, line."""


def parse(source: str, known: frozenset[str]) -> tuple[Part, ...]:
    """Read a template. `known`: the fields there are. Raises `TemplateError`."""
    tokens = list(_tokens(source))
    parts, rest = _sequence(tokens, 0, known, depth=0)
    if rest < len(tokens):
        kind, _content, line = tokens[rest]
        raise TemplateError("unexpected", kind, line)
    return parts


def _tokens(source: str) -> Iterator[_Token]:
    line = 1
    for piece in _TOKEN.split(source):
        if piece.startswith("{{") and piece.endswith("}}"):
            yield "field", piece[2:-2].strip(), line
        elif piece.startswith("{%") and piece.endswith("%}"):
            word, _space, content = piece[2:-2].strip().partition(" ")
            if word not in ("if", "elif", "else", "endif"):
                raise TemplateError("unknown_tag", word, line)
            yield word, content.strip(), line
        elif piece:
            _refuse_loose_braces(piece, line)
            yield "text", piece, line
        line += piece.count("\n")


def _refuse_loose_braces(piece: str, line: int) -> None:
    for mark in ("{{", "}}", "{%", "%}"):
        if mark in piece:
            raise TemplateError("unclosed", mark, line + piece[: piece.index(mark)].count("\n"))


def _sequence(
    tokens: list[_Token], at: int, known: frozenset[str], depth: int
) -> tuple[tuple[Part, ...], int]:
    parts: list[Part] = []
    while at < len(tokens):
        kind, content, line = tokens[at]
        if kind == "text":
            parts.append(Text(content))
        elif kind == "field":
            parts.append(Field(_known(content, known, line)))
        elif kind == "if":
            branch, at = _branch(tokens, at, known, depth + 1)
            parts.append(branch)
        else:
            break
        at += 1
    return tuple(parts), at


def _branch(tokens: list[_Token], at: int, known: frozenset[str], depth: int) -> tuple[Branch, int]:
    """Read from an `if` or `elif`; answers the branch and the place of its `endif`."""
    _kind, condition, line = tokens[at]
    if depth > DEEPEST:
        raise TemplateError("too_deep", condition, line)
    match = _CONDITION.fullmatch(condition)
    if match is None or match["name"].startswith(keys.PREFIX):  # a fact always says something: no condition
        raise TemplateError("unknown_field", condition, line)
    name = _known(match["name"], known, line)
    then, at = _sequence(tokens, at + 1, known, depth)
    otherwise: tuple[Part, ...] = ()
    if at < len(tokens) and tokens[at][0] == "elif":
        inner, at = _branch(tokens, at, known, depth)
        otherwise = (inner,)
    elif at < len(tokens) and tokens[at][0] == "else":
        otherwise, at = _sequence(tokens, at + 1, known, depth)
    if at >= len(tokens) or tokens[at][0] != "endif":
        raise TemplateError("unclosed", "if", line)
    return Branch(name, bool(match["negated"]), then, otherwise), at


def _known(name: str, known: frozenset[str], line: int) -> str:
    if name.startswith(keys.PREFIX) and FACTS in known and keys.is_key(name.removeprefix(keys.PREFIX)):
        return name
    if not _NAME.fullmatch(name) or name not in known:
        raise TemplateError("unknown_field", name, line)
    return name


def render(parts: tuple[Part, ...], values: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """Fill in the fields. A field without a value shows as 【label】. Values are text, never read as a template."""
    return "".join(_rendered(parts, values, labels))


def _rendered(parts: tuple[Part, ...], values: Mapping[str, str], labels: Mapping[str, str]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Text):
            yield part.text
        elif isinstance(part, Field):
            yield values.get(part.name) or f"【{labels.get(part.name, part.name)}】"
        else:
            chosen = part.then if bool(values.get(part.name)) != part.negated else part.otherwise
            yield from _rendered(chosen, values, labels)


def unfilled(text: str, labels: Mapping[str, str]) -> list[str]:
    """The places in a text that still wait to be filled in, or for a fact: such a text must not be sent."""
    wanted = {f"【{label}】" for label in labels.values()}
    return [mark for mark in _UNFILLED.findall(text) if mark in wanted] + keys.marks(text)
