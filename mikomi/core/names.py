"""Names of people: family and given name, reading, order of display, honorific.

Names are kept as they were given, whatever their length and characters. Only `clip_name` shortens, and
says so. Languages are BCP 47 tags ("ja", "en-GB"); what is not known here is treated as English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .text import Clipped, clip


class NameOrder(StrEnum):
    """Which part of a name is said first."""

    FAMILY_FIRST = "family"
    GIVEN_FIRST = "given"


SUFFIXES = ("様", "さま", "さん", "殿", "先生", "御中", "ちゃん", "くん", "君")
"""Japanese honorifics, said after the name."""
PREFIXES = ("Mr.", "Ms.", "Mrs.", "Miss", "Mx.", "Dr.", "Prof.", "Mr", "Ms", "Mrs", "Mx", "Dr", "Prof")
"""English honorifics, said before the family name."""

_EAST_ASIAN = re.compile(
    "[々〆〇\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\uff66-\uff9f\U00020000-\U0003ffff]"
)
_FAMILY_FIRST_LANGUAGES = frozenset({"hu", "vi"})  # in Latin letters; East Asian names tell by their script
_PARTICLES = frozenset(
    {
        "af",
        "al",
        "bin",
        "binti",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "do",
        "dos",
        "du",
    }
    | {"el", "ibn", "la", "las", "le", "los", "ten", "ter", "van", "von", "y", "zu"}
)
_GENERATIONS = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as given. Without `order` script and language decide; without `honorific` the language does."""

    family: str = ""
    given: str = ""
    family_kana: str = ""
    given_kana: str = ""
    order: NameOrder | None = None
    honorific: str = ""


def _base(language: str) -> str:
    return language.partition("-")[0].partition("_")[0].lower()


def name_order(name: PersonName, language: str) -> NameOrder:
    """The order chosen by the person; else family name first where script or language have it so."""
    if name.order is not None:
        return name.order
    if _EAST_ASIAN.search(name.family + name.given) or _base(language) in _FAMILY_FIRST_LANGUAGES:
        return NameOrder.FAMILY_FIRST
    return NameOrder.GIVEN_FIRST


def display_name(name: PersonName, language: str) -> str:
    """The whole name in its order: "山田 太郎", "Taro Yamada"; "" for a person without a name."""
    parts = [name.family, name.given]
    if name_order(name, language) is NameOrder.GIVEN_FIRST:
        parts.reverse()
    return " ".join(part for part in parts if part)


def reading(name: PersonName) -> str:
    """The kana reading, family name first as in every Japanese list; "" where none is known."""
    return " ".join(part for part in (name.family_kana, name.given_kana) if part)


def address_name(name: PersonName, language: str) -> str:
    """The name with its honorific: "山田 太郎 様", "Ms. Yamada", "Taro Yamada"; "" without a name.

    An honorific of another language is not used: nobody is "Dear 様".
    """
    whole = display_name(name, language)
    if not whole:
        return ""
    if _base(language) == "ja":
        return f"{whole} {name.honorific if name.honorific in SUFFIXES else '様'}"
    if name.honorific in PREFIXES:
        return f"{name.honorific} {name.family or name.given}"
    return whole


def greeting(name: PersonName, language: str) -> str:
    """What opens a letter, without punctuation: "山田 太郎 様", "お客様", "Dear Ms. Yamada", "Hello"."""
    addressed = address_name(name, language)
    if _base(language) == "ja":
        return addressed or "お客様"
    return f"Dear {addressed}" if addressed else "Hello"


def clip_name(text: str, limit: int) -> Clipped:
    """At most `limit` characters of a name, and how many were taken away: tell the user when any were."""
    return clip(text, limit)


# Splitting


def split_full_name(text: str) -> PersonName:
    """Family and given name out of one field: "山田　太郎", "Taro Yamada", "Yamada, Taro", "YAMADA Taro".

    A single word is the family name in East Asian script ("山田太郎" can't be split safely) and the given
    name otherwise. An honorific that stands by itself ("山田 太郎 様", "Dr. Jane Doe") is taken apart.
    """
    words, honorific = _without_honorific(text.replace("，", ",").split())
    before, comma, after = " ".join(words).partition(",")
    if comma and before.strip() and after.strip():
        return PersonName(family=before.strip(), given=after.strip(), honorific=honorific)
    if not words:
        return PersonName(honorific=honorific)
    family, given = _family_and_given(words)
    return PersonName(family=" ".join(family), given=" ".join(given), honorific=honorific)


def _without_honorific(words: list[str]) -> tuple[list[str], str]:
    if len(words) > 1 and words[-1] in SUFFIXES:
        return words[:-1], words[-1]
    if len(words) > 1 and words[0] in PREFIXES:
        return words[1:], words[0]
    return words, ""


def _family_and_given(words: list[str]) -> tuple[list[str], list[str]]:
    if _EAST_ASIAN.search(words[0]):
        return words[:1], words[1:]
    if len(words) == 1:
        return [], words
    if _is_capitals(words[0]) and not any(map(_is_capitals, words[1:])):
        return words[:1], words[1:]
    start = len(words) - 1
    if words[start].lower() in _GENERATIONS and start > 1:
        start -= 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return words[start:], words[:start]


def _is_capitals(word: str) -> bool:
    """Whether a word is written in capitals to mark the family name ("YAMADA", not the initial "J.")."""
    return word.isupper() and sum(map(str.isalpha, word)) > 1
