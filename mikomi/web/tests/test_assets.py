"""The joined style sheet and script: complete, small, and without what the policy refuses."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from mikomi.web.assets import SCRIPT, SOURCES, STYLES, bundle, script_sources, style_sources

TEMPLATES = Path(__file__).parents[1] / "templates"
STRANGERS_MAIL = TEMPLATES / "inbox" / "frame.jinja"  # stands alone in a sandbox with a policy of its own


def test_finder_serves_what_is_joined() -> None:
    for name, text in bundle().items():
        found = finders.find(name)
        assert found
        assert Path(found).read_text(encoding="utf-8") == text


def test_every_file_is_joined_once() -> None:
    assert sorted(style_sources()) == sorted((SOURCES / "css").rglob("*.css"))
    assert sorted(script_sources()) == sorted((SOURCES / "js").rglob("*.js"))


def test_budget_over_the_wire() -> None:
    assert len(gzip.compress(bundle()[STYLES].encode())) < 40_000
    assert len(gzip.compress(bundle()[SCRIPT].encode())) < 15_000


def test_every_name_used_is_declared() -> None:
    css = bundle()[STYLES]
    declared = set(re.findall(r"(--[\w-]+):", css))
    assert set(re.findall(r"var\((--[\w-]+)", css)) - declared == set()


def test_components_stand_in_a_layer_and_use_names_for_colours() -> None:
    for path in (SOURCES / "css" / "components").glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@layer components {" in text, path.name
        assert "!important" not in text, path.name
        colours = set(re.findall(r"#[0-9a-f]{3,8}\b", text)) - {"#fff", "#000"}
        assert colours == set(), path.name


def test_templates_hold_no_inline_script_style_or_handler() -> None:
    for path in set(TEMPLATES.rglob("*.jinja")) - {STRANGERS_MAIL}:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|hx-on|<script(?![^>]*\ssrc=)", text), path
