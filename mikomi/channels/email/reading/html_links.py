"""Links shown as they are: beside a link whose words don't say where it leads stands the host that it leads to."""

import html as entities
import re
from urllib.parse import urlsplit

# A whole tag, quoted values and all: the cleaner leaves < and > in them as they are, and quotes only as references.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>"]*)((?:"[^"]*"|[^">])*)>""")
_HREF = re.compile(r'\shref="([^"]*)"', re.I)
_MARK = '<span class="target">{}</span>'
MAX_LINKS = 2_000


def with_targets(markup: str) -> str:
    """Cleaned HTML (of `render_html`) with the host of each link after it, where its words don't name that host.

    The whole address is the link's title.
    """
    out: list[str] = []
    at = links = 0
    opened: tuple[int, str] | None = None
    for match in _TAG.finditer(markup):
        if match[2].lower() != "a" or links > MAX_LINKS:
            continue
        out.append(markup[at : match.start()])
        at = match.end()
        if match[1]:
            start, address = opened or (at, "")
            out.append(match[0] + _mark(address, markup[start : match.start()]))
            opened = None
        elif (found := _HREF.search(match[3])) is not None:
            address = entities.unescape(found[1])
            out.append(f'{match[0][:-1]} title="{entities.escape(address, quote=True)}">')
            opened, links = (at, address), links + 1
        else:
            out.append(match[0])
    return "".join(out) + markup[at:]


def _mark(address: str, content: str) -> str:
    words = entities.unescape(_TAG.sub("", content)).strip().lower()
    host = host_of(address)
    if not host or words.removeprefix("https://").removeprefix("http://").startswith(host):
        return ""
    return _MARK.format(entities.escape(host))


def host_of(address: str) -> str:
    """Where an address leads, in a word: its host, or that of a mail address; empty for telephones and the like."""
    try:
        parts = urlsplit(address.strip())
        if parts.scheme.lower() == "mailto":
            return parts.path.rpartition("@")[2].lower()
        return (parts.hostname or "").lower()
    except ValueError:
        return address.strip()[:60]
