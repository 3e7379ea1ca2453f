"""When two records may be one person. Evidence is named by codes, never by the data itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mikomi.core import text

_EAST_ASIAN = re.compile("[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Name:
    """What is compared of a name; all in normal form (`name_of`)."""

    family: str
    given: str
    kana: str

    @property
    def written(self) -> str:
        """The whole name without spaces."""
        return self.family + self.given


def name_of(family: str, given: str, family_kana: str, given_kana: str) -> Name:
    """A name ready to be compared: width, case, kana and spaces don't count."""
    family, given, kana = (_plain(part) for part in (family, given, family_kana + given_kana))
    return Name(family, given, kana)


def _plain(part: str) -> str:
    return text.normalise(part, fold_kana=True).replace(" ", "") if part else ""


def names_contradict(one: Name, other: Name) -> bool:
    """Whether two names can't well be the same person's: a couple that shares a telephone, say.

    Readings are compared where both are known. Names in different scripts, or of which one is only a part of
    the other, don't contradict.
    """
    if one.kana and other.kana:
        return not _part_of(one.kana, other.kana)
    if not one.written or not other.written:
        return False
    if _is_east_asian(one.written) != _is_east_asian(other.written):
        return False
    if _part_of(one.written, other.written):
        return False
    return sorted((one.family, one.given)) != sorted((other.family, other.given))


def _part_of(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _is_east_asian(name: str) -> bool:
    return bool(_EAST_ASIAN.search(name))
