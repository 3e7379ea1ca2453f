"""The Japanese catalogue: merged from `locale/ja/parts/*.po` and compiled where it is missing or older.

Each area keeps its Japanese in a part of its own, so that two people never edit the same file. The compiled
catalogue is not committed; it is made when Mikomi is started, upgraded or tested.
"""

from __future__ import annotations

import os
from pathlib import Path

import polib

from mikomi.config import ROOT

LANGUAGE = ROOT / "locale" / "ja"
COMPILED = LANGUAGE / "LC_MESSAGES" / "django.mo"
METADATA = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "ja",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class ContradictionError(ValueError):
    """Two parts translate the same text differently."""


def parts() -> list[Path]:
    """The files that together hold the Japanese of the whole product."""
    return sorted((LANGUAGE / "parts").glob("*.po"))


def merged() -> polib.POFile:
    """One catalogue of all parts. Raises `ContradictionError` where two parts disagree."""
    result = polib.POFile()
    result.metadata = METADATA
    seen: dict[tuple[str | None, str], tuple[str, str]] = {}
    for path in parts():
        for entry in polib.pofile(str(path)):
            if entry.obsolete:
                continue
            key, text = (entry.msgctxt, entry.msgid), entry.msgstr or str(entry.msgstr_plural)
            if key in seen and seen[key][0] != text:
                raise ContradictionError(
                    f"{entry.msgid!r}: {seen[key][1]} and {path.name} translate it differently."
                )
            if key not in seen:
                seen[key] = (text, path.name)
                result.append(entry)
    return result


def compile_if_older() -> bool:
    """Compile the catalogue when a part is newer than it. True when it was made anew."""
    newest = max((path.stat().st_mtime for path in parts()), default=0.0)
    if COMPILED.exists() and COMPILED.stat().st_mtime >= newest:
        return False
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    temporary = COMPILED.with_suffix(f".{os.getpid()}.part")
    merged().save_as_mofile(str(temporary))
    temporary.replace(COMPILED)
    return True
