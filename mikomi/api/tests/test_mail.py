"""Mailboxes, further senders, old mail and arrivals by the API: what the pages do, with the same rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mikomi.api.tests.program import ROOT, Program
from mikomi.channels import operations, processing
from mikomi.channels.email import mailserver
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.erasing import erase
from mikomi.channels.models import FolderCursor, Intake, Mailbox, MailImport, Sender
from mikomi.conversations import operations as desk
from mikomi.core import clock, secrets
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from tests.servers import smtp_server

pytestmark = pytest.mark.django_db
NEW = {"address": "Help@Shop.example", "imap_host": "imap.shop.example", "imap_password": "sesame"}


@pytest.fixture
def program(owner: Actor) -> Program:
    return Program(owner)


@pytest.fixture
def box(program: Program) -> int:
    """A mailbox that a program has entered."""
    return int(program.ok("post", "/mailboxes", NEW)["id"])


@pytest.fixture
def caught(box: int) -> Intake:
    """A message without a sender, in quarantine."""
    (row,) = mailserver.keep("", ["help@shop.example"], mail(sender="nobody", message_id="x@example.jp"))
    processing.process_due("w")
    row.refresh_from_db()
    assert row.state == Intake.State.QUARANTINED
    return row


def filed() -> Intake:
    """A customer's mail, in its conversation."""
    (row,) = mailserver.keep("a@example.jp", ["help@shop.example"], mail(message_id="filed@example.jp"))
    processing.process_due("w")
    row.refresh_from_db()
    assert row.state == Intake.State.FILED
    return row


def upload(program: Program, mailbox_id: int, data: bytes, name: str = "old.eml", **headers: str) -> Any:
    fields = {"file": SimpleUploadedFile(name, data), "mailbox_id": mailbox_id}
    return program.client.post(f"{ROOT}/mail-imports", fields, headers=headers)


class TestMailboxes:
    def test_passwords_go_in_and_never_come_out(self, program: Program, box: int) -> None:
        given = program.get(f"/mailboxes/{box}")
        assert b"sesame" not in given.content
        shown = given.json()
        assert (shown["address"], shown["has_reading_password"], shown["has_sending_password"]) == (
            "help@shop.example", True, False,
        )  # fmt: skip
        assert secrets.unseal(Mailbox.objects.get().imap_secret) == "sesame"

    def test_a_change_names_only_what_changes(self, program: Program, box: int) -> None:
        before = Mailbox.objects.get()
        changed = program.ok(
            "patch", f"/mailboxes/{box}", {"folders": ["INBOX", "Shop"], "imap_user": "help"}
        )
        assert (changed["folders"], changed["imap_user"], changed["imap_host"]) == (
            ["INBOX", "Shop"], "help", "imap.shop.example",
        )  # fmt: skip
        after = Mailbox.objects.get()
        assert (after.imap_secret, after.backfill_until) == (before.imap_secret, before.backfill_until)

    def test_what_cannot_be_used_is_named_by_its_field(self, program: Program, box: int) -> None:
        wrong = NEW | {"address": "other@shop.example", "imap_host": "https://imap.shop.example/"}
        answer = program.post("/mailboxes", wrong)
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == ["imap_host"]
        assert program.post("/mailboxes", NEW).status_code == 422  # the address is taken
        later = (clock.now() + timedelta(days=1)).isoformat()
        for field, value, beside in (
            ("team_id", 4711, "team_id"), ("backfill_until", later, "backfill_until"),
            ("imap_host", "evil.example", "imap_password"), ("imap_port", 4711, "imap_password"),
        ):  # fmt: skip
            refused = program.call("patch", f"/mailboxes/{box}", {field: value})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, beside)
        assert program.call("patch", f"/mailboxes/{box}", {"imap_host": None}).status_code == 422
        assert Mailbox.objects.get().imap_host == "imap.shop.example"

    def test_what_another_changed_meanwhile_stays(
        self, program: Program, box: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given another change that is committed while this one is on its way
        change = operations.change_mailbox

        def second(**given: Any) -> Mailbox:
            Mailbox.objects.update(display_name="見本商店")
            return change(**given)

        monkeypatch.setattr(operations, "change_mailbox", second)
        changed = program.ok("patch", f"/mailboxes/{box}", {"imap_user": "help"})
        assert (changed["display_name"], changed["imap_user"]) == ("見本商店", "help")

    def test_a_signature_may_be_as_long_as_the_document_says(self, program: Program, box: int) -> None:
        for length, status in ((2_000, 200), (2_001, 422)):
            answer = program.call("patch", f"/mailboxes/{box}", {"signature": "あ" * length})
            assert answer.status_code == status
        shape = program.ok("get", "/openapi.json")["components"]["schemas"]["MailboxChangeIn"]["properties"]
        assert "2000" in str(shape["signature"])

    def test_entered_once_under_a_key(self, program: Program) -> None:
        first = program.ok("post", "/mailboxes", NEW, Idempotency_Key="box-1")
        assert program.ok("post", "/mailboxes", NEW, Idempotency_Key="box-1") == first

    def test_paused_resumed_and_fetched(self, program: Program, box: int) -> None:
        assert program.ok("post", f"/mailboxes/{box}/pause")["is_active"] is False
        assert program.ok("post", f"/mailboxes/{box}/fetch") == {"count": 0}
        assert program.ok("get", "/mail-heartbeats")["items"] == []
        assert program.ok("post", f"/mailboxes/{box}/resume")["is_active"] is True
        assert program.ok("post", f"/mailboxes/{box}/fetch") == {"count": 1}
        assert program.post(f"/mailboxes/{box + 1}/fetch").status_code == 404

    def test_the_connection_is_tried(self, program: Program) -> None:
        with smtp_server() as smtp:
            row = Mailbox.objects.create(address="send@shop.example", **smtp.settings())
            well = program.ok("post", f"/mailboxes/{row.pk}/test", Idempotency_Key="twice")
        ill = program.ok("post", f"/mailboxes/{row.pk}/test", Idempotency_Key="twice", Accept_Language="en")
        assert (well["works"], well["sending_problem"]) == (True, None)
        assert (ill["works"], ill["sending_problem"]["code"]) == (False, "refused")
        assert "refuses the connection" in ill["sending_problem"]["sentence"]

    def test_they_are_paged_by_key(self, program: Program, box: int) -> None:
        for name in ("a", "z"):
            program.ok("post", "/mailboxes", NEW | {"address": f"{name}@shop.example"})
        first = program.ok("get", "/mailboxes?size=2")
        second = program.ok("get", f"/mailboxes?size=2&cursor={first['next_cursor']}")
        assert [one["address"][0] for one in first["items"] + second["items"]] == ["a", "h", "z"]

    def test_further_senders(self, program: Program, box: int) -> None:
        given = {"mailbox_id": box, "address": "orders@shop.example", "signature": "見本商店"}
        refused = program.post("/further-senders", given)  # this mailbox can't send
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "mailbox_id")
        Mailbox.objects.update(smtp_host="smtp.shop.example")
        made = program.ok("post", "/further-senders", given)
        root = f"/further-senders/{made['id']}"
        assert made["key"] in [one["key"] for one in program.ok("get", "/senders")["items"]]
        assert program.ok("put", root, given | {"is_active": False})["is_active"] is False
        assert len(program.ok("get", "/further-senders")["items"]) == 1
        program.ok("delete", root)
        assert program.call("delete", root).status_code == 404
        assert not Sender.objects.exists()

    def test_only_who_manages_settings(self, agent: Actor, manager: Actor, box: int) -> None:
        for person in (agent, manager):
            asks = Program(person)
            for method, path in (
                ("get", "/mailboxes"), ("post", "/mailboxes"), ("get", f"/mailboxes/{box}"),
                ("patch", f"/mailboxes/{box}"), ("post", f"/mailboxes/{box}/pause"),
                ("post", f"/mailboxes/{box}/test"), ("get", "/further-senders"),
            ):  # fmt: skip
                assert asks.call(method, path, {} if method != "get" else None).status_code == 403, path
        assert Mailbox.objects.get().is_active
        assert Program(agent).ok("post", f"/mailboxes/{box}/fetch") == {"count": 1}


class TestOldMail:
    def test_a_file_is_taken_in_as_history(self, program: Program, box: int) -> None:
        made = upload(program, box, mail())
        assert made.status_code == 201, made.content
        root = f"/mail-imports/{made.json()['id']}"
        assert program.ok("get", "/mail-imports")["items"][0]["file_name"] == "old.eml"
        shown = program.ok("get", root)
        assert (shown["mailbox_id"], shown["state"], shown["states"]["received"]) == (box, "running", 0)
        MailImport.objects.update(state="stopped")
        assert program.ok("post", f"{root}/continue")["state"] == "running"
        assert program.call("delete", f"{root}/file").status_code == 409  # it runs
        assert program.ok("post", f"{root}/stop")["state"] == "stopped"
        program.ok("delete", f"{root}/file")
        refused = program.post(f"{root}/continue", Accept_Language="en")
        assert (refused.status_code, "Import it again" in refused.json()["detail"]) == (409, True)

    def test_the_same_upload_under_one_key_is_one_import(self, program: Program, box: int) -> None:
        data = mail()
        first, second = (upload(program, box, data, Idempotency_Key="once") for _ in "12")
        assert first.json() == second.json()
        assert MailImport.objects.count() == 1

    def test_what_is_no_import_is_refused(self, program: Program, agent: Actor, box: int) -> None:
        assert upload(program, box, b"").status_code == 409
        assert upload(program, box + 1, mail()).status_code == 404
        assert upload(Program(agent), box, mail()).status_code == 403
        assert Program(agent).get("/mail-imports").status_code == 403
        assert not MailImport.objects.exists()


class TestArrivals:
    def test_quarantine_is_read_again_and_put_aside(self, program: Program, caught: Intake) -> None:
        (shown,) = program.ok("get", "/arrivals", Accept_Language="en")["items"]
        assert (shown["id"], shown["reason"], shown["subject"]) == (caught.pk, "no_sender", "配送について")
        assert "no sender" in shown["sentence"]
        root = f"/arrivals/{caught.pk}"
        assert program.get(f"{root}/raw").content.startswith(b"Return-Path: <>\r\nFrom: nobody")
        assert program.ok("post", f"{root}/retry", Idempotency_Key="r")["state"] == "quarantined"
        assert program.ok("post", "/quarantine/retry") == {"count": 1}
        processing.process_due("w")
        assert program.ok("post", f"{root}/discard")["reason"] == "dismissed"
        assert program.ok("get", "/arrivals")["items"] == []
        assert program.ok("get", "/arrivals?state=ignored")["items"][0]["id"] == caught.pk

    def test_what_was_caught_by_mistake_goes_to_its_conversation(
        self, program: Program, caught: Intake
    ) -> None:
        (row,) = mailserver.keep("a@example.jp", ["help@shop.example"], mail(message_id="y@example.jp"))
        Intake.objects.filter(pk=row.pk).update(state="quarantined", reason="error")
        answer = program.ok("post", f"/arrivals/{row.pk}/retry", Idempotency_Key="y")
        assert answer["state"] == "filed"
        assert program.ok("get", f"/conversations/{answer['conversation_id']}")["id"]

    def test_another_teams_mail_does_not_exist(
        self, program: Program, agent: Actor, stranger: Actor, box: int
    ) -> None:
        # given a mail in a conversation of the agent's team
        Mailbox.objects.update(team_id=min(agent.team_ids))
        row = filed()
        assert Program(agent).get(f"/arrivals/{row.pk}/raw").status_code == 200
        # when somebody of another team asks for it, it is not there
        asks, root = Program(stranger), f"/arrivals/{row.pk}"
        assert asks.ok("get", "/arrivals?state=filed")["items"] == []
        for method, path in (
            ("get", root),
            ("get", f"{root}/raw"),
            ("post", f"{root}/retry"),
            ("post", f"{root}/discard"),
        ):
            assert asks.call(method, path).status_code == 404, path
        assert len(program.ok("get", "/arrivals?state=filed")["items"]) == 1

    def test_what_was_deleted_does_not_exist(self, program: Program, owner: Actor, box: int) -> None:
        row = filed()
        desk.delete(actor=owner, conversation_id=row.conversation_id or 0)
        assert program.ok("get", "/arrivals?state=filed")["items"] == []
        assert program.get(f"/arrivals/{row.pk}").status_code == 404
        assert program.get(f"/arrivals/{row.pk}/raw").status_code == 404

    def test_bytes_that_were_erased_are_not_found(self, program: Program, caught: Intake) -> None:
        erase([caught.pk])
        answer = program.get(f"/arrivals/{caught.pk}/raw")
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:mikomi:problem:not-found")

    def test_everything_is_accounted_for(self, program: Program, caught: Intake, box: int) -> None:
        FolderCursor.objects.create(
            mailbox_id=box, folder="INBOX", uid_validity=1, server_count=3, checked_at=clock.now()
        )
        (balance,) = program.ok("get", "/mail-reconciliation")["items"]
        assert (balance["server_count"], balance["difference"]) == (3, 3)
        Mailbox.objects.update(poll_error="login: NO", failing_since=clock.now())
        (beat,) = program.ok("get", "/mail-heartbeats")["items"]
        assert (beat["is_silent"], beat["reading_problem"]["code"]) == (True, "login")

    def test_who_answers_may_and_nobody_else(self, agent: Actor, marketer: Actor, caught: Intake) -> None:
        for path in ("/arrivals", f"/arrivals/{caught.pk}/raw", "/mail-reconciliation", "/mail-heartbeats"):
            assert Program(marketer).get(path).status_code == 403, path
            assert Program(agent).get(path).status_code == 200, path
        looks = Program(agent, [Permission.CONVERSATIONS_VIEW])
        root = f"/arrivals/{caught.pk}"
        for act in (f"{root}/retry", f"{root}/discard", "/quarantine/retry"):
            assert looks.post(act).status_code == 403, act
        caught.refresh_from_db()
        assert caught.state == Intake.State.QUARANTINED
