"""Which place of the rail is marked."""

from __future__ import annotations

import pytest

from mikomi.web.navigation import links


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "today"),
        ("/imports/", "orders"),
        ("/imports/7/columns", "orders"),
        ("/orders/3", "orders"),
        ("/inbox/3/", "inbox"),
        ("/settings/people", "settings"),
        ("/api/v1/docs", "settings"),
        ("/search", ""),
        ("/accounts/2fa/", ""),
        ("/gallery/", ""),
    ],
)
def test_the_place_that_a_page_lies_in_is_marked(path: str, place: str) -> None:
    assert [one.name for one in links(path) if one.here] == [name for name in [place] if name]
