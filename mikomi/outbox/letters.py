"""The simple HTML twin of a plain text, so that a mail looks the same with and without HTML. Pure."""

from __future__ import annotations

import re
from html import escape

_LINK = re.compile(r"https?://[^\s<>\"'　、。」）]+")
_STYLE = "font-family:sans-serif;font-size:15px;line-height:1.7;color:#222"


def html_twin(text: str, language: str) -> str:
    """The text as HTML: paragraphs at blank lines, breaks, links that can be clicked. Nothing else."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    body = "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())
    return f'<div lang="{escape(language)}" style="{_STYLE}">{body}</div>'


def _lines(paragraph: str) -> str:
    return "<br>".join(_linked(line) for line in paragraph.splitlines())


def _linked(line: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(line):
        parts.append(escape(line[end : match.start()]))
        address = escape(match.group(), quote=True)
        parts.append(f'<a href="{address}">{address}</a>')
        end = match.end()
    return "".join(parts) + escape(line[end:])
