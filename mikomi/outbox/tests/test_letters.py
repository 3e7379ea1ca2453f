"""The HTML twin says what the text says, and nothing that the text could smuggle in."""

from __future__ import annotations

from mikomi.outbox.letters import html_twin


def test_paragraphs_lines_and_links_are_kept() -> None:
    twin = html_twin("山田様\nこんにちは。\n\n詳しくは https://shop.example/p/abc?x=1&y=2 へ。", "ja")
    assert twin.startswith('<div lang="ja"')
    assert "<p>山田様<br>こんにちは。</p>" in twin
    assert '<a href="https://shop.example/p/abc?x=1&amp;y=2">' in twin


def test_a_link_ends_where_japanese_goes_on() -> None:
    assert '<a href="https://shop.example/p">' in html_twin("（https://shop.example/p）を開く。", "ja")


def test_what_looks_like_html_stays_text() -> None:
    twin = html_twin('<script>alert(1)</script> https://x.example/"><b>', "en")
    assert "<script>" not in twin
    assert "<b>" not in twin
    assert "&lt;script&gt;" in twin
