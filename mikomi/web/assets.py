"""One style sheet and one script for every page, put together from small files.

Each component keeps a file of its own; a page makes one request. `BundleFinder` is one of Django's static
finders, so that the development server, whitenoise and `collectstatic` all get the finished files and nobody
runs a build. The finished files live in a private temporary folder and are made again when a source is newer.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SOURCES = Path(__file__).parent / "static" / "mikomi"
STYLES = "mikomi/app.css"
SCRIPT = "mikomi/app.js"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def style_sources() -> list[Path]:
    """The CSS files in the order in which they are joined; layers, not this order, decide precedence."""
    css = SOURCES / "css"
    first = [css / name for name in ("mikomi.css", "tokens.css", "base.css", "layout.css")]
    return [*first, *sorted((css / "components").glob("*.css")), css / "print.css"]


def script_sources() -> list[Path]:
    """The JavaScript files; each stands alone and speaks with others by DOM events only."""
    return sorted((SOURCES / "js").glob("*.js"))


def bundle() -> dict[str, str]:
    """The finished files by their static name."""
    styles = "\n".join(_slim(path.read_text(encoding="utf-8")) for path in style_sources())
    # A module's block is its own scope, so the files need neither names in common nor import statements.
    scripts = "\n".join("{\n" + path.read_text(encoding="utf-8") + "}" for path in script_sources())
    return {STYLES: styles, SCRIPT: scripts}


def _slim(css: str) -> str:
    """Without comments, indentation and empty lines; compression does the rest."""
    lines = (line.strip() for line in _COMMENT.sub("", css).splitlines())
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process alone; it is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="mikomi-assets-")


def build() -> Path:
    """Write the finished files where they are missing or older than a source; the folder that holds them."""
    root = Path(_folder().name)
    newest = max(path.stat().st_mtime_ns for path in (*style_sources(), *script_sources()))
    stamp = root / ".built"
    if not stamp.exists() or stamp.read_text() != str(newest):
        for name, text in bundle().items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        stamp.write_text(str(newest))
    return root


class BundleFinder(BaseFinder):
    """Finds the finished files. Its place is `STATICFILES_FINDERS`."""

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing can be configured wrongly."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file of a static name: a path, or with `find_all` a list of paths."""
        if path not in (STYLES, SCRIPT):
            return []
        found = str(build() / path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None = None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every finished file with the storage that holds it."""
        storage = FileSystemStorage(location=str(build()))
        yield STYLES, storage
        yield SCRIPT, storage
