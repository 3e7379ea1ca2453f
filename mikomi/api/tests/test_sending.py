"""Sending through the API: files, senders, a later time; splitting and joining."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest

from mikomi.api.tests.program import Program
from mikomi.api.tests.test_families import conversation_id, iso, program
from mikomi.channels.models import Mailbox
from mikomi.conversations.models import Attachment, Conversation
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage

__all__ = ["conversation_id", "program"]
pytestmark = pytest.mark.django_db


def test_an_answer_takes_files_a_sender_and_a_time(
    program: Program, conversation_id: int, noon: datetime
) -> None:
    Mailbox.objects.create(address="support@shop.example", smtp_host="localhost")
    (sender,) = program.ok("get", "/senders")["items"]
    file = {
        "name": "見積書.pdf",
        "content_type": "application/pdf",
        "content": base64.b64encode(b"%PDF").decode(),
    }
    given = {
        "text": "添付します。",
        "files": [file],
        "sender": sender["key"],
        "send_after": iso(noon + timedelta(days=1)),
    }

    sent = program.ok("post", f"/conversations/{conversation_id}/answers", given)

    assert sent["is_scheduled"]
    assert [one["name"] for one in sent["attachments"]] == ["見積書.pdf"]
    row = OutgoingMessage.objects.get(pk=sent["outgoing_id"])
    assert (row.sender_key, row.not_before) == (sender["key"], noon + timedelta(days=1))


def test_an_empty_file_is_refused_in_words_and_nothing_is_sent(
    program: Program, conversation_id: int, customer: Customer
) -> None:
    refused = program.post(
        f"/conversations/{conversation_id}/answers", {"text": "x", "files": [{"name": "a", "content": ""}]}
    )
    assert refused.status_code in (409, 422)
    assert not OutgoingMessage.objects.exists()
    assert not Attachment.objects.exists()


def test_split_off_and_undone(program: Program, conversation_id: int) -> None:
    program.ok("post", f"/conversations/{conversation_id}/notes", {"text": "別件のメモ"})
    note = program.ok("get", f"/conversations/{conversation_id}/messages")["items"][-1]
    done = program.ok("post", f"/messages/{note['id']}/split", {"subject": "別件"})
    assert program.ok("get", f"/conversations/{done['target_id']}")["subject"] == "別件"
    program.ok("post", f"/regroupings/{done['id']}/undo")
    assert program.get(f"/conversations/{done['target_id']}").status_code == 404
    joined = program.post(f"/conversations/{conversation_id}/join", {"into_id": conversation_id})
    assert joined.status_code in (409, 422)
    assert Conversation.objects.filter(deleted_at=None).count() == 1
