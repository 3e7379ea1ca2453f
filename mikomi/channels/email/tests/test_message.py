"""Reading a message: headers, text, parts."""

import base64
from datetime import UTC, datetime

import pytest

from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.reading.parsed import ParsedMessage
from mikomi.channels.email.tests.messages import message, multipart, part


def by_name(parsed: ParsedMessage, name: str) -> bytes:
    return next(item for item in parsed.parts if item.name == name).content()


def test_a_plain_message_is_read_whole() -> None:
    parsed = parse_message(message("hello\nworld", "Cc: a@x.example, B <b@x.example>"))
    assert (parsed.sender.name, parsed.sender.address) == ("Taro Yamada", "taro@customer.example")
    assert [item.address for item in parsed.to] == ["support@shop.example"]
    assert [item.address for item in parsed.cc] == ["a@x.example", "b@x.example"]
    assert parsed.subject == "A question"
    assert parsed.text.split() == ["hello", "world"]
    assert parsed.date == datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    assert parsed.message_id == "m1@customer.example"
    assert parsed.auto.may_auto_reply
    assert not parsed.defects


def test_threading_headers_are_read() -> None:
    parsed = parse_message(message("x", "In-Reply-To: <a@s>", "References: <z@s>\r\n <a@s>"))
    assert parsed.in_reply_to == ("a@s",)
    assert parsed.references == ("z@s", "a@s")


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        ('From: "Yamada, Taro" <t@x.example>', "Yamada, Taro", "t@x.example"),
        ("From: t@x.example (Taro Yamada)", "Taro Yamada", "t@x.example"),
        ("From: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <t@x.example>", "山田", "t@x.example"),
        ("From: =?UTF-8?B?5bGx55SwIDx0QHguZXhhbXBsZT4=?=", "山田", "t@x.example"),
        ("From: Taro <mailto:t@x.example>", "Taro", "t@x.example"),
        ("From: MAILER-DAEMON (Mail System)", "Mail System", "MAILER-DAEMON"),
        ("From: <t@x.example", "", "t@x.example"),
    ],
)
def test_senders_in_many_forms(header: str, name: str, address: str) -> None:
    parsed = parse_message(message("x", header))
    assert (parsed.sender.name, parsed.sender.address) == (name, address)


def test_groups_of_recipients_are_opened() -> None:
    parsed = parse_message(message("x", "To: friends: a@x.example, b@x.example;, c@x.example"))
    assert [item.address for item in parsed.to] == ["a@x.example", "b@x.example", "c@x.example"]


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("Subject: =?utf-8?B?5pel5pys?= =?utf-8?B?6Kqe?=", "日本語"),
        ("Subject: =?utf-8?Q?=E6=97=A5=E6=9C?= =?utf-8?Q?=AC?=", "日本"),
        ("Subject: =?utf-8?Q?a_b=3F?= c", "a b? c"),
        ("Subject: =?utf-8?B?5pel5pys", "日本"),
        ("Subject: =?no-such-charset?Q?plain?=", "plain"),
        ("Subject: a\r\n folded", "a folded"),
    ],
)
def test_encoded_subjects(header: str, subject: str) -> None:
    assert parse_message(message("x", header)).subject == subject


def test_a_character_cut_in_two_encoded_words_is_joined() -> None:
    data = "日本語".encode("cp932")
    words = " ".join(f"=?shift_jis?B?{base64.b64encode(piece).decode()}?=" for piece in (data[:3], data[3:]))
    assert parse_message(message("x", f"Subject: {words}")).subject == "日本語"


def test_plain_and_html_are_one_text() -> None:
    raw = multipart("alternative", [part("text/plain", "hello"), part("text/html", "<p>hello</p>")])
    parsed = parse_message(raw)
    assert parsed.text == "hello"
    assert parsed.html == "<p>hello</p>"
    assert parsed.parts == ()


def test_html_alone_gives_a_text() -> None:
    parsed = parse_message(message("<p>a</p><p>b<br>c</p>", "Content-Type: text/html"))
    assert parsed.text == "a\n\nb\nc"


def test_texts_beside_attachments_are_joined_in_order() -> None:
    raw = multipart(
        "mixed", [part("text/plain", "one"), part("image/png; name=a.png", "x"), part("text/plain", "two")]
    )
    parsed = parse_message(raw)
    assert parsed.text == "one\n\ntwo"
    assert [item.name for item in parsed.parts] == ["a.png"]


def test_attachments_keep_name_type_size_and_bytes() -> None:
    name = "filename*0*=utf-8''%E8%AB%8B%E6%B1%82; filename*1=.pdf"
    raw = multipart(
        "mixed",
        [part("application/pdf", b"%PDF\x00", f"Content-Disposition: attachment; {name}", encode=True)],
    )
    (found,) = parse_message(raw).parts
    assert (found.name, found.content_type, found.size, found.content()) == (
        "請求.pdf",
        "application/pdf",
        5,
        b"%PDF\x00",
    )


def test_a_nested_message_is_a_part_named_by_its_subject() -> None:
    raw = multipart(
        "mixed", [part("text/plain", "see"), part("message/rfc822", message("inner", "Subject: Old news"))]
    )
    parsed = parse_message(raw)
    assert parsed.text == "see"
    assert [(item.name, item.kind) for item in parsed.parts] == [("Old news.eml", "message")]


def test_calendar_signature_and_inline_image_are_told_apart() -> None:
    raw = multipart(
        "mixed",
        [
            part("text/calendar", "BEGIN:VCALENDAR"),
            part("application/pkcs7-signature; name=smime.p7s", "x"),
            part("image/png", "x", "Content-ID: <i1@x>"),
        ],
    )
    assert [item.kind for item in parse_message(raw).parts] == ["calendar", "signature", "inline"]


@pytest.mark.parametrize(
    ("content_type", "security"),
    [
        ('multipart/signed; protocol="application/pgp-signature"; boundary="=edge"', "pgp-signed"),
        ('multipart/signed; protocol="application/pkcs7-signature"; boundary="=edge"', "smime-signed"),
        ('multipart/encrypted; boundary="=edge"', "pgp-encrypted"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "smime-encrypted"),
    ],
)
def test_signed_and_encrypted_messages_say_so(content_type: str, security: str) -> None:
    raw = message("--=edge\nContent-Type: text/plain\n\nx\n--=edge--\n", f"Content-Type: {content_type}")
    assert parse_message(raw).security == security


def test_a_uuencoded_file_is_a_part_and_stays_in_the_text() -> None:
    parsed = parse_message(message("see\nbegin 644 a.txt\n#86)C\n`\nend\nbye"))
    assert by_name(parsed, "a.txt") == b"abc"
    assert "begin 644" in parsed.text


def test_flowed_text_is_joined() -> None:
    parsed = parse_message(message("one \ntwo\n-- \nme", "Content-Type: text/plain; format=flowed"))
    assert parsed.text.split("\n")[0] == "one two"


def test_a_missing_boundary_is_guessed() -> None:
    raw = message("--edge\nContent-Type: text/plain\n\nhello\n--edge--", "Content-Type: multipart/mixed")
    parsed = parse_message(raw)
    assert parsed.text == "hello"
    assert parsed.defects


def test_a_broken_header_line_does_not_end_the_headers() -> None:
    raw = b"From: a@x.example\nthis is no header\nSubject: still here\nTo: b@x.example\n\nbody"
    parsed = parse_message(raw)
    assert (parsed.subject, parsed.text) == ("still here", "body")


def test_line_ends_of_an_old_macintosh() -> None:
    parsed = parse_message(b"From: a@x.example\rSubject: mac\r\rbody\r")
    assert (parsed.subject, parsed.text) == ("mac", "body")


def test_the_verdicts_of_our_server_are_shown() -> None:
    header = "Authentication-Results: mx.example; spf=pass smtp.mailfrom=x; dkim=fail; dmarc=none"
    found = parse_message(message("x", header)).authentication
    assert (found.spf, found.dkim, found.dmarc) == ("pass", "fail", "none")


def test_the_time_of_delivery_is_that_of_the_topmost_server() -> None:
    header = "Received: from a by b with SMTP; Sun, 22 Nov 2026 00:05:00 +0000"
    assert parse_message(message("x", header)).delivered_at == datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
