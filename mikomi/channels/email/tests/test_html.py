"""HTML of strangers is harmless, looks as it did, and never takes long."""

import re
import time

import html5lib
import pytest

from mikomi.channels.email.reading.html import render_html, text_to_html
from mikomi.channels.email.reading.html_css import harmless_style
from mikomi.channels.email.reading.html_links import with_targets
from mikomi.channels.email.reading.html_text import html_to_text


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src='https://x.example'></iframe>",
        "<form action='https://x.example'><input name=a></form>",
        "<meta http-equiv=refresh content='0;url=https://x.example'>",
        "<style>@import 'https://x.example'</style>",
        "<div style='background:url(https://x.example/a)'>x</div>",
        "<div style='position:fixed;top:0'>x</div>",
        "<base href='https://x.example'>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    ],
)
def test_nothing_active_is_left(markup: str) -> None:
    shown = render_html(markup).html.lower()
    for trace in (
        "script",
        "onerror",
        "onload",
        "javascript:",
        "iframe",
        "<form",
        "<input",
        "<meta",
        "@import",
        "<base",
    ):
        assert trace not in shown
    assert "url(" not in shown
    assert "position" not in shown
    assert "data:" not in shown


def test_remote_images_wait_until_asked() -> None:
    markup = '<img src="https://x.example/a.png?b=1&amp;c=2" alt="A"><img src="//x.example/b.png">'
    held = render_html(markup)
    assert held.remote_images == 2
    assert " src=" not in held.html
    assert 'data-blocked-src="https://x.example/a.png?b=1&amp;c=2"' in held.html
    assert 'src="https://x.example/a.png' in render_html(markup, show_remote=True).html


def test_a_stranger_cannot_mark_an_image_as_held() -> None:
    assert "evil" not in render_html('<img data-blocked-src="https://evil.example/x">').html


def test_inline_images_get_our_address() -> None:
    shown = render_html('<img src="cid:a@x"><img src="cid:unknown">', inline={"a@x": "/files/1"}).html
    assert 'src="/files/1"' in shown
    assert "unknown" not in shown


def test_links_keep_their_address_and_lose_their_power() -> None:
    shown = render_html('<a href="https://x.example/?a=1" target="_top" onclick="x()">go</a>').html
    assert shown == '<a href="https://x.example/?a=1" rel="noopener noreferrer nofollow">go</a>'


def test_looks_stay() -> None:
    markup = (
        '<table bgcolor="#ffffff"><tr><td style="color:red; padding:4px; z-index:9">日本語</td></tr></table>'
    )
    shown = render_html(markup).html
    assert 'bgcolor="#ffffff"' in shown
    assert 'style="color:red;padding:4px"' in shown


@pytest.mark.parametrize(
    "style",
    [
        "background:url(x)",
        "color:expression(alert(1))",
        "margin-left:-2000px",
        "width:calc(100% + 1px)",
        "color:r\\65 d",
        "behavior:url(x)",
        "display:flex",
        "color:red/**/",
        "position:absolute",
        "-moz-binding:url(x)",
    ],
)
def test_styles_that_may_not_stay(style: str) -> None:
    assert harmless_style(style) == ""


def test_too_long_html_is_cut_and_says_so() -> None:
    assert render_html("<p>x</p>" * 200_000).cut


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<div>" * 60_000 + "</div>" * 60_000,
        "<a " + " ".join(f"a{at}" for at in range(100_000)) + ">x",
        "".join(f"<font size={at}>" for at in range(400)) + "<p>x" * 100_000,
        "&" * 500_000,
        "\xa0" * 300_000,
        "<" * 500_000,
        "<!--" * 200_000,
        "<p>" * 300_000,
        "<table><td>" * 50_000,
        "<a href='" * 100_000,
    ],
)
def test_shapes_that_slow_a_parser_down(markup: str) -> None:
    start = time.process_time()
    render_html(markup)
    html_to_text(markup)
    assert (
        time.process_time() - start < 4
    )  # a hundred times less than without the guard; the machine may be busy


def test_heavy_markup_still_shows_its_text() -> None:
    shown = render_html("<div>" * 5_000 + "<script>x</script>hello &lt;b&gt;")
    assert "hello &lt;b&gt;" in shown.html
    assert "<script" not in shown.html


def test_html_reads_as_text() -> None:
    markup = (
        "<style>p{}</style><h1>A</h1><p>b&nbsp;c<br>d</p><ul><li>one<li>two</ul><blockquote>q</blockquote>"
    )
    assert html_to_text(markup) == "A\n\nb c\nd\n\n- one\n- two\n\n> q"


def test_text_becomes_html_that_reads_the_same() -> None:
    text = "a < b & c\n  indented"
    assert html_to_text(text_to_html("a < b & c")) == "a < b & c"
    assert "a &lt; b &amp; c\n  indented" in text_to_html(text)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ('<a href="https://evil.example/x">https://bank.example</a>', "evil.example"),
        ('<a href="https://shop.example/x">shop.example/x</a>', ""),
        ('<a href="https://shop.example/x"><b>Click</b> here</a>', "shop.example"),
        ('<a href="https://shop.example@evil.example/">shop.example</a>', "evil.example"),
        ('<a href="mailto:a@evil.example">write</a>', "evil.example"),
        ('<a href="tel:0312345678">call</a>', ""),
        ("<a>nowhere</a>", ""),
    ],
)
def test_a_link_says_where_it_leads(link: str, shown: str) -> None:
    found = re.findall(r'<span class="target">([^<]*)</span>', with_targets(render_html(link).html))
    assert found == ([shown] if shown else [])


@pytest.mark.parametrize(
    "attack",
    [
        '<a href="https://x.example" lang="a><img src=x onerror=alert(1)>">t</a>',
        '<a href="https://x.example">t<img alt="</a> onerror=alert(1) x=" src="cid:1"></a>',
        '<p title="<a href=https://x.example>"></p><a href=\'https://x.example/"onclick="alert(1)\'>t</a>',
        '<a href="https://x.example/&quot;><script>alert(1)</script>">t</a>',
    ],
)
def test_saying_it_lets_nothing_out_of_its_quotes(attack: str) -> None:
    def events(markup: str) -> list[str]:
        tree = html5lib.parse(markup, namespaceHTMLElements=False)
        return [
            name
            for node in tree.iter()
            for name in node.attrib
            if isinstance(name, str) and name.startswith("on")
        ] + [node.tag for node in tree.iter() if node.tag == "script"]

    assert events(with_targets(render_html(attack).html)) == []
