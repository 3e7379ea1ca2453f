"""Icons from the `lucide` package as inline SVG: no request, no sprite, the colour of the text around them."""

from __future__ import annotations

from functools import lru_cache

import lucide
from markupsafe import Markup


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 18, label: str = "") -> Markup:
    """The icon `name` (see lucide.dev for names) at `size` CSS pixels.

    Without `label` it is hidden from assistive technology, because a word stands beside it; with `label`
    it is an image of that name. Raises `lucide.IconDoesNotExist` for a name the package lacks.
    """
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    svg = lucide._render_icon(name, size, **{"class": "icon", "stroke-width": "1.75", **spoken})
    one_line = " ".join(line.strip() for line in svg.splitlines())
    return Markup(one_line.replace("> <", "><").strip())  # noqa: S704 - drawn by the package, attributes escaped by it
