"""Machines are recognised and never answered; bounces are told apart."""

import json

import pytest

from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.tests.messages import ORIGINAL, bounce, message, multipart, part


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner=x",
        "Precedence: bulk",
        "Precedence: list",
        "X-Auto-Response-Suppress: All",
        "List-Id: <news.example>",
        "List-Unsubscribe: <mailto:u@x.example>",
        "Return-Path: <>",
        "X-Autoreply: yes",
        "From: MAILER-DAEMON@x.example",
        "From: no-reply@x.example",
        "Subject: Automatic reply: your order",
        "Subject: 自動応答: 不在にしております",
        "Subject: Abwesenheitsnotiz",
    ],
)
def test_a_machine_is_not_answered(header: str) -> None:
    found = parse_message(message("x", header)).auto
    assert not found.may_auto_reply
    assert found.reasons


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "Precedence: normal",
        "Subject: 不在票が入っていました",
        "Subject: vacation rental question",
        "Subject: Re: Undelivered parcel",
        "Return-Path: <taro@customer.example>",
    ],
)
def test_a_person_is_answered(header: str) -> None:
    parsed = parse_message(message("x", header))
    assert parsed.auto.may_auto_reply
    assert not parsed.auto.out_of_office
    assert not parsed.is_bounce


def test_our_own_message_is_not_answered() -> None:
    own = frozenset({"shop.example"})
    parsed = parse_message(message("x", "Message-ID: <out1@shop.example>"), own_domains=own)
    assert parsed.auto.own
    assert not parsed.auto.may_auto_reply


def test_a_feedback_loop_is_recognised() -> None:
    raw = multipart(
        "report", [part("text/plain", "abuse"), part("message/feedback-report", "Feedback-Type: abuse")]
    )
    parsed = parse_message(raw)
    assert parsed.auto.is_feedback_loop
    assert not parsed.is_bounce


GROUP = "Final-Recipient: rfc822; taro@customer.example\nAction: {}\nStatus: {}\nDiagnostic-Code: smtp; {}"


@pytest.mark.parametrize(
    ("status", "said", "reason", "hard"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "userunknown", True),
        ("5.0.0", "550 No such user here", "userunknown", True),
        ("5.1.2", "550 Host unknown", "hostunknown", True),
        ("5.1.10", "556 Domain does not accept mail", "notaccept", True),
        ("5.1.6", "551 user has moved", "hasmoved", True),
        ("5.2.2", "552 mailbox full", "mailboxfull", False),
        ("5.0.0", "550 5.2.2 over quota", "mailboxfull", False),
        ("5.7.1", "554 Client host blocked using zen.spamhaus.org", "blocked", False),
        ("5.7.1", "550 message looks like spam", "spamdetected", False),
        ("5.7.26", "550 fails DMARC", "authfailure", False),
        ("5.1.8", "553 Domain of sender address x does not exist", "rejected", False),
        ("4.4.1", "connection timed out", "networkerror", False),
        ("5.2.1", "550 account is disabled", "suspended", False),
    ],
)
def test_a_report_tells_why(status: str, said: str, reason: str, hard: bool) -> None:
    parsed = parse_message(bounce("Sorry.", GROUP.format("failed", status, said), original=ORIGINAL))
    (found,) = parsed.bounces
    assert parsed.is_bounce
    assert not parsed.auto.may_auto_reply
    assert (found.recipient, found.hard) == ("taro@customer.example", hard)
    assert found.reason == reason or (not hard and not found.hard)
    assert found.status[0] == status[0]
    assert parsed.original_message_id == "out1@shop.example"


def test_each_recipient_has_a_report() -> None:
    groups = [
        GROUP.format("failed", "5.1.1", "550 unknown user").replace("taro", name) for name in ("a", "b", "c")
    ]
    assert [item.recipient[0] for item in parse_message(bounce("x", *groups)).bounces] == ["a", "b", "c"]


def test_a_report_of_success_is_no_bounce() -> None:
    parsed = parse_message(
        bounce("Delivered.", GROUP.format("delivered", "2.0.0", "250 ok"), original=ORIGINAL)
    )
    assert not parsed.is_bounce
    assert not parsed.auto.may_auto_reply


@pytest.mark.parametrize(
    ("report", "hard"),
    [
        ("<taro@customer.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user", True),
        ("  taro@customer.example\n    host mx.x [192.0.2.1]: 550 5.1.1 User unknown in virtual alias table", True),
        ("taro@customer.example\nThe email account that you tried to reach does not exist.", True),
        ("次のあて先へのメッセージはエラーのため送信できませんでした。\n"
         "送信先メールアドレスが見つかりません。\n<taro@customer.example>", True),
        ("<taro@customer.example>: 552 5.2.2 mailbox full", False),
        ("<taro@customer.example>: メールボックスが一杯です", False),
        ("Your message to taro@customer.example could not be delivered for 4 days. Giving up.", False),
        ("<taro@customer.example>: error after end of data: 550 User unknown", False),
    ],
)  # fmt: skip
def test_free_texts(report: str, hard: bool) -> None:
    parsed = parse_message(bounce(report, original=ORIGINAL))
    assert parsed.is_bounce
    assert [(item.recipient, item.hard) for item in parsed.bounces] == [("taro@customer.example", hard)]


def test_a_customer_who_forwards_a_bounce_is_a_person() -> None:
    raw = message(
        "What is this?\n\n> <x@y.example>: 550 user unknown", "Subject: Fwd: Undelivered Mail Returned"
    )
    parsed = parse_message(raw)
    assert not parsed.is_bounce
    assert parsed.auto.may_auto_reply


def test_a_notification_of_amazon_ses_is_a_bounce() -> None:
    notice = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [
                {"emailAddress": "taro@customer.example", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
            ],
        },
    }
    for body in (
        json.dumps(notice),
        json.dumps({"Message": json.dumps(notice)}) + "\n\n--\nIf you wish to stop",
    ):
        parsed = parse_message(message(body, "From: no-reply@sns.amazonaws.com"))
        assert [(item.recipient, item.hard) for item in parsed.bounces] == [("taro@customer.example", True)]


@pytest.mark.parametrize(
    "body", ['{"bounce": 1}', '{"bounce": {"bouncedRecipients": 5}}', '{"bounce"', '{"Message": "[]bounce"}']
)
def test_other_json_is_no_bounce(body: str) -> None:
    assert not parse_message(message(body)).is_bounce
