"""Messages that want to do harm: each is read in bounded time, and says what was left out."""

import struct
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.channels.email.reading import limits
from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.reading.parsed import ParsedMessage
from mikomi.channels.email.reading.tnef import TnefError, read_tnef
from mikomi.channels.email.tests.messages import ORIGINAL, bounce, message, multipart, part


def read_quickly(raw: bytes, seconds: float = 4.0) -> ParsedMessage:
    """Read it; the time counts the processor's, because the machine may be busy."""
    start = time.process_time()
    parsed = parse_message(raw)
    assert time.process_time() - start < seconds
    return parsed


def test_a_large_attachment_is_listed_and_refused_without_being_copied() -> None:
    head = multipart(
        "mixed", [part("text/plain", "see"), part("application/zip; name=big.zip", "")]
    ).partition(b"--=edge--")[0]
    raw = head + b"A" * (limits.MAX_PART_BYTES + 10_000_000) + b"\n--=edge--\n"
    tracemalloc.start()
    parsed = read_quickly(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert parsed.text == "see"
    assert [(item.name, item.refused) for item in parsed.parts] == [("big.zip", "too large")]
    assert parsed.parts[0].content() == b""
    assert peak < 20_000_000


def test_a_zip_bomb_stays_closed() -> None:
    raw = multipart(
        "mixed", [part("application/zip; name=bomb.zip", b"PK\x03\x04" + b"\0" * 1_000, encode=True)]
    )
    assert read_quickly(raw).parts[0].size == 1_004


def test_a_tree_2000_deep() -> None:
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(2_000)
    )
    parsed = read_quickly(b"From: a@x.example\n" + levels + b"\nhello")
    assert "MIME tree too deep" in parsed.defects
    assert parsed.parts[0].refused == "nested too deep"


def test_very_many_parts() -> None:
    parsed = read_quickly(multipart("mixed", [part("text/x; name=a", "x")] * 3_000))
    assert "too many parts" in parsed.defects
    assert len(parsed.parts) <= limits.MAX_PARTS + 1


def test_100_000_recipients() -> None:
    header = "To: " + ",\r\n ".join(f'"User {at}" <u{at}@x.example>' for at in range(100_000))
    parsed = read_quickly(message("x", header))
    assert len(parsed.to) == limits.MAX_ADDRESSES
    assert "header too long: to" in parsed.defects


def test_a_header_of_a_megabyte() -> None:
    parsed = read_quickly(message("hello", "X-Long: " + "a" * 1_200_000))
    assert parsed.subject == "A question"
    assert any("header too long" in defect for defect in parsed.defects)


@pytest.mark.parametrize(
    "value",
    [
        "<" * 200_000,
        ":" * 200_000,
        "(" * 200_000,
        '"' * 200_001,
        "=?a?q?" * 40_000,
        "a" * 250_000,
        " " * 250_000,
        ";a=" * 80_000,
    ],
)
def test_headers_made_to_be_slow(value: str) -> None:
    read_quickly(message("x", "From: " + value, "Subject: " + value, "Content-Type: text/plain;" + value), 8)


@pytest.mark.parametrize(
    "body",
    [
        b"begin 644 a\n" * 50_000 + b"\nendless",
        b"--=edge" * 100_000,
        b"\x1b$B" + b"$\"" * 200_000,
        b">" * 400_000,
        bytes(range(256)) * 2_000,
    ],
)  # fmt: skip
def test_bodies_made_to_be_slow(body: bytes) -> None:
    read_quickly(message(body))
    read_quickly(message(body, 'Content-Type: multipart/mixed; boundary="=edge"'))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\x00",
        b"\r\n\r\n",
        b"From ",
        b"a" * 10,
        b"\xff\xfe" * 9,
        b"Content-Type: multipart/mixed",
    ],
)
def test_almost_nothing_is_a_message_too(raw: bytes) -> None:
    parsed = parse_message(raw)
    assert not parsed.is_bounce
    assert not parsed.auto.may_auto_reply  # there is nobody to answer


def tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    body = b"".join(
        struct.pack("<BHHI", level, tag, 0, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
        for level, tag, data in attributes
    )
    return struct.pack("<IH", 0x223E9F78, 1) + body


WINMAIL = tnef(
    (1, 0x9007, struct.pack("<II", 932, 0)),
    (1, 0x800C, "本文です".encode("cp932") + b"\x00"),
    (2, 0x9002, b"\0" * 14),
    (2, 0x8010, "見積.xls".encode("cp932") + b"\x00"),
    (2, 0x800F, b"content"),
)


def test_winmail_dat_is_opened() -> None:
    raw = multipart("mixed", [part("application/ms-tnef; name=winmail.dat", WINMAIL, encode=True)])
    parsed = parse_message(raw)
    assert parsed.text == "本文です"
    assert [(item.name, item.kind, item.content()) for item in parsed.parts[1:]] == [
        ("見積.xls", "file", b"content")
    ]
    assert parsed.parts[0].kind == "container"


def test_a_broken_winmail_dat_is_listed() -> None:
    raw = multipart("mixed", [part("application/ms-tnef; name=winmail.dat", b"nonsense", encode=True)])
    parsed = parse_message(raw)
    assert [item.name for item in parsed.parts] == ["winmail.dat"]
    assert any("winmail.dat" in defect for defect in parsed.defects)


@given(st.binary(max_size=300), st.integers(min_value=6, max_value=len(WINMAIL)))
def test_any_bytes_after_the_signature_are_survived(noise: bytes, cut: int) -> None:
    read_tnef(WINMAIL[:cut] + noise)
    with pytest.raises(TnefError):
        read_tnef(noise[:5])


SEEDS = [
    message("hello"),
    message("日本語", "Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?="),
    multipart("alternative", [part("text/plain", "a"), part("text/html", "<p>a</p>")]),
    multipart(
        "mixed",
        [
            part("application/ms-tnef; name=winmail.dat", WINMAIL, encode=True),
            part("message/rfc822", message("x")),
        ],
    ),
    bounce("<taro@customer.example>: 550 user unknown", original=ORIGINAL),
    bounce("x", "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1", original=ORIGINAL),
    message(
        "see\nbegin 644 a.txt\n#86)C\n`\nend\nbye", "Content-Type: text/plain; format=flowed; charset=utf-7"
    ),
]
MUTATION = st.tuples(st.integers(0, 10_000), st.integers(0, 40), st.binary(max_size=20))


def texts(parsed: ParsedMessage) -> list[str]:
    people = [parsed.sender, *parsed.to, *parsed.cc, *parsed.reply_to]
    names = [piece for item in people for piece in (item.name, item.address)]
    parts = [
        piece
        for item in parsed.parts
        for piece in (item.name, item.content_type, item.content_id, item.charset)
    ]
    headers = [value for values in parsed.headers.values() for value in values]
    ids = [parsed.message_id, *parsed.in_reply_to, *parsed.references, parsed.original_message_id]
    bounces = [
        piece
        for item in parsed.bounces
        for piece in (item.recipient, item.status, item.diagnostic, item.action)
    ]
    return [
        parsed.subject,
        parsed.text,
        parsed.html,
        parsed.charset,
        *names,
        *parts,
        *headers,
        *ids,
        *bounces,
        *parsed.defects,
    ]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(MUTATION, max_size=6))
def test_mutated_messages_never_raise(seed: bytes, mutations: list[tuple[int, int, bytes]]) -> None:
    raw = seed
    for at, cut, noise in mutations:
        place = at % (len(raw) + 1)
        raw = raw[:place] + noise + raw[place + cut :]
    parsed = parse_message(raw)
    assert not any(defect.startswith("the reader failed") for defect in parsed.defects)
    for text in texts(parsed):
        text.encode("utf-8")
        assert "\x00" not in text
    for item in parsed.parts:
        assert isinstance(item.content(), bytes)
