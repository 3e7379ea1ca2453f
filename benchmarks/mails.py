"""Mails for benchmarks: what a Japanese shop with customers abroad finds in its mailbox, seeded and made here.

Each has a marker in its text by which it is found again. The mix, by number: 40 % short plain text, 30 % HTML with
its plain twin and the quoted history below, 20 % with one or two attachments of 10 to 120 kB, 4 % bounces of mails
that nobody here sent, 3 % from machines, 3 % byte for byte a second copy of another one. A third is a reply to an
earlier mail of the same person; six of ten are in Japanese, in the five encodings that are met in Japan.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import Header
from typing import Literal

Kind = Literal["plain", "html", "attachment", "bounce", "machine", "copy"]
MIX: tuple[tuple[Kind, int], ...] = (
    ("plain", 40), ("html", 30), ("attachment", 20), ("bounce", 4), ("machine", 3), ("copy", 3),
)  # fmt: skip
JAPANESE = ("iso-2022-jp", "utf-8", "cp932", "euc-jp", "utf-8")
ENGLISH = ("us-ascii", "utf-8", "iso-8859-1", "windows-1252")
JA_SUBJECTS = (
    "注文した品が届きません",
    "配送について",
    "返金のお願い",
    "サイズを交換したい",
    "領収書を送ってください",
)
EN_SUBJECTS = (
    "Where is my parcel?",
    "Exchange, please",
    "Receipt for my order",
    "A refund",
    "Café set – still in stock?",
)
JA_LINES = (
    "お世話になっております。先日そちらで注文した者です。",
    "まだ品物が届かないのですが、いつごろ届きますでしょうか。",
    "週末の贈り物に使う予定ですので、間に合わないと困ります。",
    "色が写真と違うように見えましたので、交換をお願いできますか。",
    "お手数をおかけしますが、ご確認のほどよろしくお願いいたします。",
)
EN_LINES = (
    "Hello, I ordered from your shop last week.",
    "The parcel has not arrived yet. When will it be here?",
    "It is a present for Saturday, so I would be sorry if it came late.",
    "The colour differs from the picture; could I change it for the blue one?",
    "Many thanks for your help. Kind regards,",
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One generated mail. `marker` stands in its text; `thread`: the number of the mail that its thread began with."""

    number: int
    kind: Kind
    marker: str
    message_id: str
    sender: str
    thread: int
    raw: bytes


def generate(count: int, seed: int = 2026) -> Iterator[Mail]:
    """`count` mails, the same for the same seed."""
    chance = random.Random(seed)
    kinds = [kind for kind, _share in MIX]
    weights = [share for _kind, share in MIX]
    sent: list[Mail] = []
    for number in range(count):
        kind = chance.choices(kinds, weights)[0]
        if kind == "copy" and sent:
            other = chance.choice(sent)
            yield Mail(number, "copy", other.marker, other.message_id, other.sender, other.thread, other.raw)
            continue
        mail = _one(number, "plain" if kind == "copy" else kind, chance, sent)
        if mail.kind in ("plain", "html", "attachment"):
            sent.append(mail)
        yield mail


def _one(number: int, kind: Kind, chance: random.Random, sent: list[Mail]) -> Mail:
    marker = f"mark{number:06d}x"
    message_id = f"{number}.{chance.randrange(10**9)}@mx.customer.example"
    if kind == "bounce":
        return Mail(number, kind, marker, message_id, "", number, _bounce(number, message_id, marker))
    earlier = chance.choice(sent[-500:]) if sent and chance.random() < 1 / 3 else None
    japanese = chance.random() < 0.6
    sender = earlier.sender if earlier else f"customer{number}@mx.customer.example"
    charset = chance.choice(JAPANESE if japanese else ENGLISH)
    head = _head(number, sender, message_id, japanese, charset, chance, earlier)
    if kind == "machine":
        head += "Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n"
    text = _text(marker, japanese, chance, long=kind == "html")
    body = _html_body(text, charset) if kind == "html" else _plain(text, charset)
    if kind == "attachment":
        body = _mixed(body, chance)
    thread = earlier.thread if earlier else number
    return Mail(number, kind, marker, message_id, sender, thread, head.encode("ascii") + body)


def _head(
    number: int,
    sender: str,
    message_id: str,
    japanese: bool,
    charset: str,
    chance: random.Random,
    earlier: Mail | None,
) -> str:
    subject = chance.choice(JA_SUBJECTS if japanese else EN_SUBJECTS)
    name = f"山田 花子{number % 97}" if japanese else f"Jane Doe {number % 97}"
    coded = charset if charset not in ("us-ascii", "iso-8859-1", "windows-1252", "cp932") else "utf-8"
    lines = [
        f"Received: from mx.customer.example (mx.customer.example [192.0.2.{number % 250}]) by mail.shop.example",
        f"\twith ESMTPS id {number:x}; Wed, 18 Nov 2026 11:{number % 60:02d}:00 +0900 (JST)",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer.example; s=m1;",
        f"\tb={base64.b64encode(chance.randbytes(120)).decode()}",
        f"Return-Path: <{sender}>",
        f"From: {_header(name, coded)} <{sender}>",
        "To: support@shop.example",
        f"Subject: {_header(('Re: ' if earlier else '') + subject, coded)}",
        f"Date: Wed, 18 Nov 2026 11:{number % 60:02d}:00 +0900",
        f"Message-ID: <{message_id}>",
        "MIME-Version: 1.0",
        "X-Mailer: Mail 16.0",
    ]
    if earlier:
        lines += [f"In-Reply-To: <{earlier.message_id}>", f"References: <{earlier.message_id}>"]
    return "\r\n".join(lines) + "\r\n"


def _header(text: str, charset: str) -> str:
    return text if text.isascii() else Header(text, charset, maxlinelen=70).encode(linesep="\r\n")


def _text(marker: str, japanese: bool, chance: random.Random, *, long: bool) -> str:
    lines = JA_LINES if japanese else EN_LINES
    own = [f"{marker}", *chance.sample(lines, 4)]
    if long:
        quote = (
            "2026年11月17日(火) 9:00 見本商店 <support@shop.example>:" if japanese else "On Tue, Shop wrote:"
        )
        own += ["", quote, *(f"> {chance.choice(lines)}" for _line in range(chance.randrange(20, 60)))]
    return "\r\n".join(own) + "\r\n"


def _plain(text: str, charset: str) -> bytes:
    """A text part as it is found in the wild: 7bit for ISO-2022-JP, base64 or 8bit for the others."""
    data = text.encode(charset, "replace")
    name = "Shift_JIS" if charset == "cp932" else charset
    coding = "7bit" if charset in ("iso-2022-jp", "us-ascii") else "8bit" if len(data) % 2 else "base64"
    head = f"Content-Type: text/plain; charset={name}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n"
    return head.encode() + (_lines64(data) if coding == "base64" else data)


def _html_body(text: str, charset: str) -> bytes:
    rows = "".join(
        f'<p style="margin:0;font-family:sans-serif;color:#222222">{line}</p>\r\n'
        for line in text.split("\r\n")
    )
    page = f"<html><head><style>p {{ margin: 0 }}</style></head><body>\r\n{rows}</body></html>\r\n"
    name = "Shift_JIS" if charset == "cp932" else charset
    html = f"Content-Type: text/html; charset={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    html += _lines64(page.encode(charset, "replace"))
    return _multipart("alternative", [_plain(text, charset), html])


def _mixed(body: bytes, chance: random.Random) -> bytes:
    parts = [body]
    for number in range(chance.choice((1, 1, 2))):
        data = chance.randbytes(chance.randrange(10_000, 120_000))
        name = Header(f"写真{number}.jpg", "utf-8").encode()
        head = (
            f'Content-Type: image/jpeg; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        )
        parts.append(head.encode() + _lines64(data))
    return _multipart("mixed", parts)


def _multipart(kind: str, parts: list[bytes]) -> bytes:
    edge = f"=_{kind}_{len(parts)}_edge"
    head = f'Content-Type: multipart/{kind}; boundary="{edge}"\r\n\r\n'.encode()
    inner = b"".join(b"--" + edge.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + inner + b"--" + edge.encode() + b"--\r\n"


def _lines64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _bounce(number: int, message_id: str, marker: str) -> bytes:
    return bounce_of(f"unknown-{number}@shop.example", f"gone{number}@customer.example", message_id, marker)


def bounce_of(original_id: str, recipient: str, message_id: str, marker: str) -> bytes:
    """A delivery report as a server sends it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.customer.example
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{message_id}>
Date: Wed, 18 Nov 2026 11:59:00 +0900
Auto-Submitted: auto-replied
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

{marker} I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: User unknown

--b
Content-Type: text/rfc822-headers

From: support@shop.example
To: {recipient}
Message-ID: <{original_id}>
Subject: Re: order

--b--
""".replace("\n", "\r\n").encode()


def reply_to(original_id: str, sender: str, message_id: str, marker: str) -> bytes:
    """What a customer writes back to one of our answers."""
    return f"""From: {sender}
To: support@shop.example
Subject: Re: Re: order
Message-ID: <{message_id}>
In-Reply-To: <{original_id}>
References: <{original_id}>
Date: Wed, 18 Nov 2026 12:30:00 +0900
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{marker} ありがとうございます。Thank you, that helps.
""".replace("\n", "\r\n").encode()
