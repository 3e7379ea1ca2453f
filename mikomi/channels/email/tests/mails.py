"""Mails for tests."""

from __future__ import annotations

import itertools

_numbers = itertools.count(1)


def mail(
    text: str = "いつ届きますか。",
    *,
    sender: str = "山田花子 <hanako@example.jp>",
    subject: str = "配送について",
    message_id: str | None = "",
    to: str = "support@shop.example",
    **headers: str,
) -> bytes:
    """The bytes of a plain mail. `message_id` none: without one; empty: a new one. `in_reply_to=…` adds a header."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Wed, 18 Nov 2026 11:55:00 +0900"
    if message_id is not None:
        message["Message-ID"] = f"<{message_id or f'mail-{next(_numbers)}@example.jp'}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def bounce(original_id: str, recipient: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report as a server sends it (RFC 3464), on the message `original_id`."""
    return f"""From: MAILER-DAEMON@mx.example.jp
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{next(_numbers)}@mx.example.jp>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.jp

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{recipient}>: User unknown

--b
Content-Type: text/rfc822-headers

From: support@shop.example
To: {recipient}
Message-ID: <{original_id}>
Subject: Re: order

--b--
""".replace("\n", "\r\n").encode()
