"""HTML of strangers: made harmless to show, turned into text, and back."""

import html as entities
import re
from dataclasses import dataclass

import nh3

from .charset import clean

MAX_HTML = 1_000_000
"""Characters of HTML that are shown; the rest is cut off and said so."""

_TEXT_ATTRIBUTES = {"*": {"class", "id", "type", "title", "style", "name"}, "a": {"href"}, "img": {"alt"}}
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>|<!--.*?-->|([^<]+)|<", re.S)
_BLOCK = frozenset(
    "address article aside blockquote center div dl dd dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav "
    "ol p pre section table tr ul caption figure figcaption tbody thead tfoot".split()
)
_SPACE = re.compile(r"[ \t\r\n\f]+")


def text_to_html(text: str) -> str:
    """Plain text as HTML that looks the same."""
    return '<div style="white-space:pre-wrap">' + entities.escape(clean(text), quote=False) + "</div>"
