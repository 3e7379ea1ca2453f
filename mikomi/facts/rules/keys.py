"""Names of facts: `price.G1`, `phone.main`, `lead.delivery`, and how a text quotes them. Pure.

`{{ fact.price.G1 }}` is the one way to quote a fact, in templates of the desk, notices and public pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from mikomi.facts.rules.values import KIND_TYPES

LONGEST_KEY = 120
PREFIX = "fact."
_KEY = re.compile(r"(?P<kind>[a-z]+)(?:\.[A-Za-z0-9_-]{1,64}){1,3}")
_QUOTE = re.compile(r"\{\{\s*fact\.([^{}\s]{1,200})\s*\}\}")
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
MARK = re.compile(r"【fact\.[^【】\n]{1,300}】")
"""What stands in a text where a fact could not be said: such a text must not be sent."""


def kind_of(key: str) -> str:
    """The kind that a key begins with. Raises `ValueError` for what isn't a key."""
    match = _KEY.fullmatch(key)
    if match is None or match["kind"] not in KIND_TYPES or len(key) > LONGEST_KEY:
        raise ValueError(key)
    return match["kind"]


def is_key(key: str) -> bool:
    """Whether this can be the name of a fact."""
    try:
        kind_of(key)
    except ValueError:
        return False
    return True


def fitting(text: str) -> str:
    """A product code as a part of a key: what doesn't fit becomes a hyphen."""
    return _UNFIT.sub("-", text.strip()).strip("-")[:64]


def quoted(text: str) -> list[str]:
    """The keys that a text quotes, each once, in order."""
    return list(dict.fromkeys(_QUOTE.findall(text)))


def replace_quotes(text: str, said: Callable[[str], str]) -> str:
    """The text with each quotation replaced by what `said` answers for its key."""
    return _QUOTE.sub(lambda match: said(match[1]), text)


def marks(text: str) -> list[str]:
    """Where facts could not be said in this text."""
    return MARK.findall(text)


def without_quotes(lines: Iterable[str]) -> list[str]:
    """Lines with their quotations taken out: what was typed by hand is left."""
    return [_QUOTE.sub("", line) for line in lines]
