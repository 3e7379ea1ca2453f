"""Small messages for the tests, written here."""

import base64
from collections.abc import Sequence


def message(body: str | bytes = "hello", *headers: str, charset: str = "utf-8") -> bytes:
    """A message of one text part; headers may replace the usual ones by name."""
    usual = {
        "from": "From: Taro Yamada <taro@customer.example>",
        "to": "To: Shop <support@shop.example>",
        "subject": "Subject: A question",
        "date": "Date: Sun, 22 Nov 2026 09:00:00 +0900",
        "message-id": "Message-ID: <m1@customer.example>",
    }
    lines = dict(usual)
    extra = []
    for header in headers:
        name = header.partition(":")[0].lower()
        if name in lines:
            lines[name] = header
        else:
            extra.append(header)
    head = "\r\n".join([*lines.values(), *extra]).encode(charset)
    data = body if isinstance(body, bytes) else body.encode(charset)
    return head + b"\r\n\r\n" + data.replace(b"\n", b"\r\n") + b"\r\n"


def multipart(kind: str, parts: Sequence[bytes], *headers: str) -> bytes:
    """A multipart message of ready parts."""
    body = b"".join(b"--=edge\n" + part + b"\n" for part in parts) + b"--=edge--\n"
    return message(body, f'Content-Type: multipart/{kind}; boundary="=edge"', *headers)


def part(content_type: str, body: bytes | str, *headers: str, encode: bool = False) -> bytes:
    """One part of a multipart."""
    data = body if isinstance(body, bytes) else body.encode()
    lines = [f"Content-Type: {content_type}", *headers]
    if encode:
        lines.append("Content-Transfer-Encoding: base64")
        data = base64.encodebytes(data)
    return "\n".join(lines).encode() + b"\n\n" + data


def bounce(report: str, *groups: str, original: str = "") -> bytes:
    """A delivery report: as RFC 3464 has it when there are groups, else as free text."""
    headers = (
        "From: MAILER-DAEMON@mx.example",
        "Subject: Undelivered Mail Returned to Sender",
        "Return-Path: <>",
    )
    if not groups:
        return message(
            report + ("\n\n--- Original message follows ---\n\n" + original if original else ""), *headers
        )
    status = "Reporting-MTA: dns; mx.example\n\n" + "\n\n".join(groups)
    parts = [
        part("text/plain", report),
        part("message/delivery-status", status),
        part("message/rfc822", original),
    ]
    body = b"".join(b"--=edge\n" + piece + b"\n" for piece in parts) + b"--=edge--\n"
    kind = 'Content-Type: multipart/report; report-type=delivery-status; boundary="=edge"'
    return message(body, kind, *headers)


ORIGINAL = "From: support@shop.example\nTo: taro@customer.example\nMessage-ID: <out1@shop.example>\nSubject: Hi\n\ntext"
