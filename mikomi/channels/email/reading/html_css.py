"""Style attributes: only properties that can neither load, nor cover, nor leave their place."""

import re

_PROPERTIES = frozenset({
    "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style", "border-bottom-width",
    "border-collapse", "border-color", "border-left", "border-left-color", "border-left-style", "border-left-width",
    "border-radius", "border-right", "border-right-color", "border-right-style", "border-right-width",
    "border-spacing", "border-style", "border-top", "border-top-color", "border-top-style", "border-top-width",
    "border-width", "box-sizing", "clear", "color", "direction", "display", "float", "font", "font-family", "font-size",
    "font-style", "font-variant", "font-weight", "height", "letter-spacing", "line-height", "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-height",
    "min-width", "mso-line-height-rule", "overflow-wrap", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform", "unicode-bidi",
    "vertical-align", "white-space", "width", "word-break", "word-spacing", "word-wrap", "writing-mode",
})  # fmt: skip
_DISPLAYS = ("block", "inline", "inline-block", "table", "none", "list-item", "table-cell", "table-row")
_VALUE = re.compile(r"[\w\s#%.,+\-'\"!/\u3000-\u9fff]*|rgba?\([\d\s,.%]{1,40}\)", re.ASCII)
_MAX_STYLE = 4_000
_MAX_DECLARATIONS = 60
_LENGTH = re.compile(r"^-?\d*\.?\d+(?:px|pt|em|rem|ex|%|cm|mm|in|pc)?$")


def harmless_style(style: str) -> str:
    """The declarations of a style attribute that may stay; empty when none may."""
    kept = []
    for declaration in style[:_MAX_STYLE].split(";")[:_MAX_DECLARATIONS]:
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name in _PROPERTIES and value and is_harmless(name, value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def is_harmless(name: str, value: str) -> bool:
    """True when a value loads nothing, runs nothing and doesn't pull its element over others."""
    if len(value) > 200 or "\\" in value or "/*" in value or not _VALUE.fullmatch(value):
        return False
    if name.startswith(("margin", "text-indent")) and "-" in re.sub(r"[a-z]-", "", value):
        return False  # a negative margin lays content over other content
    return name != "display" or value.lower() in _DISPLAYS
