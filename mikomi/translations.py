"""The Japanese catalogue: merged from `locale/ja/parts/*.po` and compiled where it is missing or older.

Each area keeps its Japanese in a part of its own, so that two people never edit the same file. The compiled
catalogue is not committed; it is made when Mikomi is started, upgraded or tested.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
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


def parts() -> list[Path]:
    """The files that together hold the Japanese of the whole product."""
    return sorted((LANGUAGE / "parts").glob("*.po"))


def merged() -> polib.POFile:
    """One catalogue of all parts; where two parts translate a text, the first one counts (see `contradictions`)."""
    result = polib.POFile()
    result.metadata = METADATA
    seen: set[tuple[str | None, str]] = set()
    for path in parts():
        for entry in polib.pofile(str(path)):
            key = (entry.msgctxt, entry.msgid)
            if not entry.obsolete and key not in seen:
                seen.add(key)
                result.append(entry)
    return result


def contradictions() -> Iterator[str]:
    """Texts that two parts translate differently."""
    seen: dict[tuple[str | None, str], tuple[str, str]] = {}
    for path in parts():
        for entry in polib.pofile(str(path)):
            key, text = (entry.msgctxt, entry.msgid), entry.msgstr or str(entry.msgstr_plural)
            first, where = seen.setdefault(key, (text, path.name))
            if first != text:
                yield f"{where} and {path.name} translate {entry.msgid!r} differently: {first} · {text}"


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
