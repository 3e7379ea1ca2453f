"""`make messages`: which texts have no Japanese, which Japanese has no text, and where their fields differ."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from mikomi import translations
from tests.paths import ROOT

FUNCTIONS = (
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
)
LONE = re.compile(r"%(?![(%])")
"""In a template a percent sign is written twice: its texts are always filled in."""
FIELD = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
Key = tuple[str | None, str]


def used() -> dict[Key, str]:
    """Every text of the product with one place where it stands."""
    found: dict[Key, str] = {}
    for path in sorted((ROOT / "mikomi").rglob("*")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        if path.suffix == ".py":
            found.update((key, f"{path.relative_to(ROOT)}:{line}") for key, line in in_python(path))
        elif path.suffix in (".jinja", ".html", ".txt") and "templates" in path.parts:
            found.update((key, f"{path.relative_to(ROOT)}:{line}") for key, line in in_template(path))
    return found


def in_python(path: Path) -> Iterator[tuple[Key, int]]:
    """The literal texts given to gettext and its relatives."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if name in FUNCTIONS and texts:
            context = texts.pop(0) if name.startswith("pgettext") else None
            yield (context, texts[0]), node.lineno


def in_template(path: Path) -> Iterator[tuple[Key, int]]:
    """The texts of a Jinja2 template, `_()` and `{% trans %}` alike."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    for line, function, message in extract_from_ast(environment.parse(path.read_text()), FUNCTIONS):
        texts = [text for text in (message if isinstance(message, tuple) else (message,)) if text]
        if texts:
            context = texts.pop(0) if function.startswith("pgettext") else None
            yield (context, texts[0]), line


def complaints() -> Iterator[str]:
    """What is wrong with the translations, a line each."""
    from django.utils.translation import trans_real

    yield from translations.contradictions()
    wanted = used()
    have = {(entry.msgctxt, entry.msgid): entry for entry in translations.merged()}
    django = trans_real.translation("ja")
    for key, place in sorted(wanted.items(), key=lambda item: item[1]):
        entry = have.get(key)
        if entry is None or not (entry.msgstr or entry.msgstr_plural) or entry.fuzzy:
            if django.gettext(key[1]) == key[1]:
                yield f"{place}: no Japanese for {key[1]!r}"
        elif place.partition(":")[0].endswith(".jinja") and LONE.search(
            (key[1] + entry.msgstr).replace("%%", "")
        ):
            yield f"{place}: write %% for a percent sign in {key[1]!r} and its Japanese"
        elif not entry.msgid_plural and sorted(FIELD.findall(key[1])) != sorted(FIELD.findall(entry.msgstr)):
            yield f"{place}: the fields of {key[1]!r} and its Japanese differ"
    for key in sorted(set(have) - set(wanted), key=str):
        yield f"Japanese for a text that is nowhere used: {key[1]!r}"


def compile_all() -> None:
    """Make the catalogue that the tests run with."""
    translations.compile_if_older()


def main() -> int:
    import django

    translations.compile_if_older()
    django.setup()
    found = list(complaints())
    print("\n".join(found) or "Every text has its Japanese.")
    return 1 if found else 0


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.exit(main())
