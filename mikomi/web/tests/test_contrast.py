"""Every pair of colours that tokens.css declares can be read, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest

from mikomi.web.appearance.brand import contrast, stylesheet
from mikomi.web.assets import SOURCES

TOKENS = (SOURCES / "css" / "tokens.css").read_text(encoding="utf-8")
PAIR = re.compile(r"pair --([\w-]+) on --([\w-]+) ([\d.]+)")
COLOUR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
PAIRS = [(ink, ground, float(least)) for ink, ground, least in PAIR.findall(TOKENS)]
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in COLOUR.findall(TOKENS)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"), PAIRS, ids=[f"{ink}-on-{ground}" for ink, ground, _ in PAIRS]
)
def test_pair_can_be_read(ink: str, ground: str, least: float, theme: str) -> None:
    ratio = contrast(COLOURS[ink][theme], COLOURS[ground][theme])
    assert ratio >= least, f"{ratio:.2f}"


def test_pairs_are_declared_for_every_ink() -> None:
    declared = {ink for ink, _, _ in PAIRS}
    inks = {name for name in COLOURS if re.search(r"(^|-)ink(-\d)?$|^on-", name)}
    assert inks - declared == set()


def test_contrast_of_known_colours() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["ffff00", "000000", "ffffff", "8a3b12", "68be8d", "1b1e25", "e5007f"])
def test_any_colour_of_a_business_becomes_readable(colour: str) -> None:
    css = stylesheet(colour)
    fill = re.search(r"--action:(#\w{6})", css)
    inks = re.search(r"--action-ink:light-dark\((#\w{6}), (#\w{6})\)", css)
    tints = re.search(r"--action-tint:light-dark\((#\w{6}), (#\w{6})\)", css)
    assert fill
    assert inks
    assert tints
    assert contrast(fill[1], "#ffffff") >= 4.5
    for side, theme in ((1, "light"), (2, "dark")):
        for ground in (tints[side], COLOURS["surface"][theme], COLOURS["paper"][theme]):
            assert contrast(inks[side], ground) >= 4.5


@pytest.mark.parametrize("colour", ["", "red", "12345", "GGGGGG", "fff;}body{"])
def test_what_is_not_a_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError):
        stylesheet(colour)
