"""The business's own colour on public pages, made safe to read.

Public pages may not carry inline styles (content-security policy), so the colour is served as a small style
sheet of its own. Lightness is moved until text on it, and it as text, keep a contrast of 4.5 : 1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

import colorsys
import re

ENOUGH = 4.5
LIGHT, DARK = ("#ffffff", "#f7f7f4"), ("#1b1e25", "#13151a")  # --surface and --paper of tokens.css
TINT, HOVER = 0.12, 0.18  # share of the colour in its tint, of black in the darker fill
_HEX = re.compile(r"[0-9a-f]{6}")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2 definition)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours `#rrggbb`, 1…21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, *grounds: str) -> str:
    """`colour`, darkened or lightened as little as needed to be read on all of these (alike) grounds."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    step = -0.01 if luminance(grounds[0]) > 0.5 else 0.01
    result = colour
    while min(contrast(result, ground) for ground in grounds) < ENOUGH:
        lightness += step
        rgb = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness)), saturation)
        result = "#" + "".join(f"{round(c * 255):02x}" for c in rgb)
    return result


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` of `colour` on `ground`."""
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


def stylesheet(colour: str) -> str:
    """The style sheet for a colour given as six hex digits. Raises ValueError for anything else."""
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour of six hex digits")
    own = f"#{colour}"
    fill = readable(own, LIGHT[0])
    tints = [mixed(own, grounds[0], TINT) for grounds in (LIGHT, DARK)]
    inks = [readable(own, tint, *grounds) for tint, grounds in zip(tints, (LIGHT, DARK), strict=True)]
    names = {
        "action": fill,
        "action-hover": mixed("#000000", fill, HOVER),
        "on-action": "#ffffff",
        "action-ink": f"light-dark({inks[0]}, {inks[1]})",
        "action-line": f"light-dark({inks[0]}, {inks[1]})",
        "action-tint": f"light-dark({tints[0]}, {tints[1]})",
        "brand": own,
    }
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in names.items()) + "}\n"
