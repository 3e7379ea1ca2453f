"""HTML of strangers, made harmless to show; text as HTML.

nh3 (ammonia) does the cleaning with a list of what may stay. What is shown afterwards stands in a sandboxed frame with
a policy of its own all the same.
"""

import html as entities
import re
from dataclasses import dataclass

import nh3

from .charset import clean
from .html_css import harmless_style
from .html_guard import MAX_HTML, guarded, without_tags
from .html_text import html_to_text

__all__ = ["SafeHtml", "html_to_text", "render_html", "text_to_html"]

BLOCKED_SOURCE = "data-blocked-src"
"""Where the address of a remote image waits until a person asks for it."""

_TAGS = frozenset({
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br",
    "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
    "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
    "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small",
    "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr",
    "tt", "u", "ul", "var", "wbr",
})  # fmt: skip
_LAYOUT = {"align", "bgcolor", "height", "valign", "width"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"span", "align", "width"},
    "colgroup": {"span", "align", "width"},
    "font": {"color", "face", "size"},
    "hr": {"align", "size", "width", "color"},
    "img": {"alt", "height", "src", "width", "align", "border", BLOCKED_SOURCE},
    "li": {"value", "type"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
    "h1": {"align"},
    "h2": {"align"},
    "h3": {"align"},
    "table": _LAYOUT | {"border", "cellpadding", "cellspacing", "summary"},
    "td": _LAYOUT | {"colspan", "rowspan", "nowrap"},
    "th": _LAYOUT | {"colspan", "rowspan", "nowrap", "scope"},
    "tr": _LAYOUT,
    "time": {"datetime"},
    "ul": {"type"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data", "sms", "callto", "ftp"}
_DROPPED = {"script", "style", "title", "noscript", "template", "iframe", "object", "textarea", "select"}
_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp)[;,]", re.I)
_IMAGE = re.compile(r'<img\b[^>]*?\ssrc="')
_MAX_DATA_URL = 2_000_000


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML that may stand in the message frame.

    `remote_images` counts the images that were held back (or are shown, when asked for). `cut` is true when the
    message was longer than what is shown.
    """

    html: str
    remote_images: int = 0
    cut: bool = False


class _Filter:
    """nh3's attribute filter: decides on each attribute that the list lets pass."""

    def __init__(self, show_remote: bool, inline: dict[str, str]) -> None:
        self.show_remote = show_remote
        self.inline = inline
        self.remote = 0

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return harmless_style(value) or None
        if name == BLOCKED_SOURCE:
            return None  # ours only
        if name == "href":
            return None if value.strip().lower().startswith(("data:", "cid:")) else value
        if tag == "img" and name == "src":
            return self.source(value.strip())
        return value

    def source(self, value: str) -> str | None:
        scheme = value.partition(":")[0].lower()
        if scheme == "cid":
            return self.inline.get(value[4:].strip("<> "))
        if scheme == "data":
            return value if _RASTER.match(value) and len(value) <= _MAX_DATA_URL else None
        if scheme in ("http", "https") or value.startswith("//"):
            self.remote += 1
            return value if self.show_remote and not value.startswith("//") else _HELD + value
        return None


_HELD = "https://held.invalid/?"


def render_html(html: str, *, show_remote: bool = False, inline: dict[str, str] | None = None) -> SafeHtml:
    """HTML that is safe to show.

    Remote images are held back unless `show_remote`: their address stands in `data-blocked-src`. `inline` gives the
    address of our own for each Content-ID. Links keep their address and get `rel="noopener noreferrer nofollow"`.
    """
    cut = len(html) > MAX_HTML
    markup = clean(html[:MAX_HTML])
    light = guarded(markup)
    if light is None:
        return SafeHtml(text_to_html(entities.unescape(without_tags(markup))), 0, cut)
    check = _Filter(show_remote, inline or {})
    cleaned = nh3.clean(
        light,
        tags=set(_TAGS),
        clean_content_tags=_DROPPED,
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=check,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    cleaned = cleaned.replace(f'src="{_HELD}', f'{BLOCKED_SOURCE}="')
    return SafeHtml(cleaned, check.remote, cut)


def text_to_html(text: str) -> str:
    """Plain text as HTML that looks the same."""
    return '<div style="white-space:pre-wrap">' + entities.escape(clean(text), quote=False) + "</div>"
