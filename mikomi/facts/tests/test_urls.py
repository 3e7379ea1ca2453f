"""Addresses: one way to write each, and what looks like a trap."""

from __future__ import annotations

import pytest

from mikomi.facts.rules import urls


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTPS://Shop.Example:443/a//b?b=2&a=1#top", "https://shop.example/a/b?a=1&b=2"),
        ("https://shop.example", "https://shop.example/"),
        ("/x?utm_source=mail&id=3", "https://shop.example/x?id=3"),
        ("../y", "https://shop.example/y"),
        ("商品", "https://shop.example/%E5%95%86%E5%93%81"),
        ("mailto:a@shop.example", None),
        ("javascript:void(0)", None),
        ("http://user:pw@shop.example/", None),
        ("https://[broken/", None),
    ],
)
def test_one_way_to_write_an_address(written: str, normal: str | None) -> None:
    assert urls.normalise(written, "https://shop.example/z") == normal


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ftp://shop.example/", "scheme"), ("http://10.0.0.1/", "private"), ("http://localhost/", "private"),
        ("https://a:b@shop.example/", "credentials"), ("https:///x", "host"),
        ("https://shop.example/" + "x" * 1_000, "long"),
        ("http://[::1]/", "private"), ("http://169.254.169.254/latest", "private"),
    ],
)  # fmt: skip
def test_what_a_person_may_not_enter(typed: str, code: str) -> None:
    with pytest.raises(urls.WrongUrlError) as caught:
        urls.checked(typed, allow_private=False)
    assert caught.value.code == code


def test_a_bare_host_is_an_address() -> None:
    assert urls.checked("shop.example/menu", allow_private=False) == "https://shop.example/menu"


def test_a_calendar_ends_after_a_year() -> None:
    traps = urls.Traps()
    answers = [traps.take(f"https://x.example/events/2026/{month:02d}?view=list") for month in range(1, 13)]
    assert answers == [""] * 12
    assert traps.take("https://x.example/events/2027/01?view=list") == "calendar"


def test_queries_without_end_end() -> None:
    traps = urls.Traps()
    answers = [traps.take(f"https://x.example/list?q={number}") for number in range(40)]
    assert answers.count("") == urls.MOST_QUERIES
    assert answers[-1] == "queries"


def test_a_circle_is_seen() -> None:
    assert urls.Traps().take("https://x.example/a/b/a/b/a/b") == "path"
    assert urls.Traps().take("https://x.example/" + "/".join("abcdefghijklmn")) == "path"
    assert urls.Traps().take("https://x.example/items/4711") == ""
