"""Outgoing messages."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.channels.email.reading.addresses import Address
from mikomi.channels.email.reading.composing import (
    Attachment,
    Draft,
    HeaderInjection,
    compose,
    make_message_id,
)
from mikomi.channels.email.reading.message import parse_message

DRAFT = Draft(
    sender=Address("株式会社サンプル, 営業部", "support@shop.example"),
    to=[Address("山田 太郎", "taro@customer.example")],
    subject="【ご注文】①㈱髙島屋さまの件につきまして、長い件名でも古いメールソフトで読めること",
    text="山田 様\n\nありがとうございます。",
    message_id=make_message_id("outbox 1", "shop.example"),
    date=datetime(2026, 11, 22, tzinfo=UTC),
)


def test_what_is_written_reads_the_same() -> None:
    parsed = parse_message(compose(DRAFT).as_bytes())
    assert parsed.sender == DRAFT.sender
    assert parsed.to == tuple(DRAFT.to)
    assert parsed.subject == DRAFT.subject
    assert parsed.text == DRAFT.text
    assert parsed.message_id == DRAFT.message_id
    assert parsed.auto.may_auto_reply


def test_every_byte_is_ascii_and_every_line_short() -> None:
    raw = compose(replace(DRAFT, html="<p>あ</p>" * 500)).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 100


def test_threading_headers_and_reply_token() -> None:
    draft = replace(
        DRAFT, in_reply_to="b@c.example", references=["a@c.example"], reply_token="rae-abcdefghijklmnop"
    )
    parsed = parse_message(compose(draft).as_bytes())
    assert parsed.in_reply_to == ("b@c.example",)
    assert parsed.references == ("a@c.example", "b@c.example")
    assert parsed.reply_to[0].address == "support+rae-abcdefghijklmnop@shop.example"


def test_a_long_chain_keeps_its_root_and_its_newest() -> None:
    draft = replace(DRAFT, references=[f"m{at}@x" for at in range(100)], in_reply_to="last@x")
    references = parse_message(compose(draft).as_bytes()).references
    assert (len(references), references[0], references[-1]) == (20, "m0@x", "last@x")


def test_automatic_mail_says_so_and_is_never_answered() -> None:
    message = compose(replace(DRAFT, automatic=True))
    assert message["Auto-Submitted"] == "auto-generated"
    assert not parse_message(message.as_bytes()).auto.may_auto_reply


def test_one_click_unsubscribe() -> None:
    message = compose(replace(DRAFT, list_unsubscribe="https://shop.example/u/1"))
    assert message["List-Unsubscribe"] == "<https://shop.example/u/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with pytest.raises(ValueError, match="https"):
        compose(replace(DRAFT, list_unsubscribe="http://shop.example/u/1"))


def test_html_attachments_and_inline_images_come_back() -> None:
    files = [
        Attachment("請求書①とても長い名前.pdf", "application/pdf", b"%PDF"),
        Attachment("logo.png", "image/png", b"png", content_id="logo@x"),
        Attachment("evil\r\nBcc: x@y.example", "no type", b"x"),
        Attachment("nested.eml", "message/rfc822", b"Subject: x\n\ny"),
    ]
    raw = compose(replace(DRAFT, html='<p>あ<img src="cid:logo@x"></p>', attachments=files)).as_bytes()
    parsed = parse_message(raw)
    assert parsed.text == DRAFT.text
    assert "cid:logo@x" in parsed.html
    found = {item.name: item.content() for item in parsed.parts}
    assert found == {
        "logo.png": b"png",
        "請求書①とても長い名前.pdf": b"%PDF",
        "evilBcc: x@y.example": b"x",
        "nested.eml": b"Subject: x\n\ny",
    }
    assert email.message_from_bytes(raw, policy=email.policy.default)["Bcc"] is None
    assert b'name="=?utf-8?b?' in raw


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "a\r\nBcc: x@y.example"},
        {"subject": "a\u2028b"},
        {"sender": Address("a\nb", "support@shop.example")},
        {"to": [Address("", "a@b.example\r\nBcc: c@d.example")]},
        {"to": [Address("", "a@b.example, c@d.example")]},
        {"to": [Address("", "nobody")]},
        {"message_id": "a@b>\r\nX: y"},
        {"in_reply_to": "no id"},
        {"references": ["a b@c"]},
        {"reply_token": "x\ny"},
        {"list_unsubscribe": "https://x.example/>\nX: y"},
    ],
)
def test_nothing_from_outside_adds_a_header(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        compose(replace(DRAFT, **change))  # type: ignore[arg-type]
    assert isinstance(caught.value, HeaderInjection | ValueError)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.text(max_size=60))
def test_any_subject_and_name_is_written_or_refused(subject: str, name: str) -> None:
    draft = replace(DRAFT, subject=subject, to=[Address(name, "taro@customer.example")])
    try:
        raw = compose(draft).as_bytes()
    except HeaderInjection:
        return
    parsed = parse_message(raw)
    assert [item.address for item in parsed.to] == ["taro@customer.example"]
    assert (
        "".join(parsed.subject.split()) == "".join(subject.replace("\ud800", "?").split())
        or "?" in parsed.subject
    )


def test_the_same_outbox_row_has_the_same_message_id() -> None:
    assert make_message_id("1", "shop.example") == make_message_id("1", "shop.example")
    assert make_message_id("1", "shop.example") != make_message_id("2", "shop.example")
    assert make_message_id("1", "日本.example").isascii()


def test_long_ids_and_links_stay_whole() -> None:
    """Encoded words in them would be read by no program: a reply would not thread, a click would end nothing."""
    long_id = "x" * 150 + "@mail.example"
    link = "https://desk.shop.example/unsubscribe/" + "t" * 200
    chain = ["first@a.example", long_id]
    written = replace(DRAFT, in_reply_to=long_id, references=chain, list_unsubscribe=link)
    data = compose(written).as_bytes()
    read = email.message_from_bytes(data)
    assert read["In-Reply-To"] == f"<{long_id}>"
    assert read["References"].split() == ["<first@a.example>", f"<{long_id}>"]
    assert read["List-Unsubscribe"] == f"<{link}>"
    assert all(len(line) < 998 for line in data.split(b"\r\n"))
