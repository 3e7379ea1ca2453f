"""Quarantine, heartbeat and reconciliation for an agent; consent and old mail for who manages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from mikomi.channels import operations, processing, queries
from mikomi.channels.email import mailserver
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.erasing import erase
from mikomi.channels.models import FolderCursor, Intake, Mailbox, MailConsent, MailImport, MailProvider
from mikomi.conversations import operations as desk
from mikomi.conversations.tests.scenes import conversation_from
from mikomi.core import clock, secrets
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.work import task_runs
from mikomi.customers.models import Customer
from tests.provider import Provider, provider

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


@pytest.fixture
def box(business: object) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example", imap_host="imap.shop.example")


def catch(box: Mailbox) -> Intake:
    (row,) = mailserver.keep("", [box.address], b"no mail at all")
    processing.process_due("w")
    row.refresh_from_db()
    assert row.state == Intake.State.QUARANTINED
    return row


def test_an_agent_sees_what_waits_and_whether_everything_is_there(agent: Actor, box: Mailbox) -> None:
    catch(box)
    now = clock.now()
    FolderCursor.objects.create(mailbox=box, folder="INBOX", uid_validity=1, server_count=5, checked_at=now)
    Mailbox.objects.update(
        poll_error="login: no", failing_since=now, polled_at=now - timedelta(hours=2), poll_failures=3
    )
    text = signed_in(agent).get("/settings/quarantine").content.decode()
    assert "no sender who could be answered" in text
    assert "The server refuses the sign-in" in text
    assert "2 h" in text
    assert ">5<" in text
    assert "Read all again" in text


def test_an_agent_acts_on_what_waits(agent: Actor, box: Mailbox) -> None:
    row = catch(box)
    client = signed_in(agent)
    assert client.get(f"/settings/quarantine/{row.pk}/raw").content.endswith(b"no mail at all")
    assert client.post(f"/settings/quarantine/{row.pk}/dismiss")["Location"] == "/settings/quarantine"
    row.refresh_from_db()
    assert (row.state, row.reason) == (Intake.State.IGNORED, "dismissed")
    fetched = client.post(f"/settings/mailboxes/{box.pk}/fetch")
    assert fetched["Location"] == "/settings/quarantine"
    box.refresh_from_db()
    assert box.news_at is not None


def test_another_teams_mail_does_not_exist(agent: Actor, owner: Actor, stranger: Actor, box: Mailbox) -> None:
    # given a mail in a conversation of the agent's team
    Mailbox.objects.update(team_id=min(agent.team_ids))
    (row,) = mailserver.keep("a@example.jp", [box.address], mail(message_id="theirs@example.jp"))
    processing.process_due("w")
    row.refresh_from_db()
    # then its number leads nobody else to it, and nobody once it was deleted
    path = f"/settings/quarantine/{row.pk}/raw"
    assert signed_in(agent).get(path).status_code == 200
    assert signed_in(stranger).get(path).status_code == 404
    assert signed_in(stranger).post(f"/settings/quarantine/{row.pk}/reprocess").status_code == 404
    desk.delete(actor=owner, conversation_id=row.conversation_id or 0)
    assert signed_in(owner).get(path).status_code == 404


def test_bytes_that_were_erased_are_not_found(agent: Actor, box: Mailbox) -> None:
    row = catch(box)
    erase([row.pk])
    assert signed_in(agent).get(f"/settings/quarantine/{row.pk}/raw").status_code == 404


def test_what_another_teams_mailbox_holds_does_not_exist(
    agent: Actor, stranger: Actor, owner: Actor, box: Mailbox
) -> None:
    # given the mailbox of a team with a mail in quarantine, and an answer of theirs that was read in its folder Sent
    row = catch(box)
    (sent,) = mailserver.keep("", [box.address], b"no mail either")
    Intake.objects.filter(pk=sent.pk).update(state="ignored", reason="own_message")
    Mailbox.objects.update(team_id=min(agent.team_ids), imap_host="")
    # then both are there for the team, and for nobody of another
    for one, status, count in ((agent, 200, 1), (owner, 200, 1), (stranger, 404, 0)):
        client = signed_in(one)
        assert queries.caught_count(actor=one) == count
        for intake in (row, sent):
            assert client.get(f"/settings/quarantine/{intake.pk}/raw").status_code == status
    assert signed_in(stranger).post(f"/settings/quarantine/{row.pk}/dismiss").status_code == 404
    assert operations.reprocess_all(actor=stranger) == 0


def test_what_another_team_gets_leads_back_to_the_quarantine(
    agent: Actor, stranger: Actor, owner: Actor, customer: Customer, box: Mailbox
) -> None:
    # given a customer's mail in quarantine, which belongs to a conversation of the agent's team
    (row,) = mailserver.keep("hanako@example.jp", [box.address], mail("続き", subject="配送"))
    Intake.objects.filter(pk=row.pk).update(state="quarantined", reason="error")
    conversation = conversation_from(subject="配送", team_id=min(agent.team_ids))
    # when somebody of another team has it read again
    answer = signed_in(stranger).post(f"/settings/quarantine/{row.pk}/reprocess", follow=True)
    assert (answer.status_code, "It is in a conversation now." in answer.content.decode()) == (200, True)
    row.refresh_from_db()
    assert row.conversation_id == conversation.pk


def test_the_inbox_says_what_waits(agent: Actor, box: Mailbox) -> None:
    client = signed_in(agent)
    assert "/settings/quarantine/notice" in client.get("/inbox/").content.decode()
    Mailbox.objects.update(polled_at=clock.now())
    assert not client.get("/settings/quarantine/notice").content.decode().strip()
    catch(box)
    Mailbox.objects.update(polled_at=clock.now() - timedelta(hours=1))
    text = client.get("/settings/quarantine/notice").content.decode()
    assert "1 message could not be filed" in text
    assert "support@shop.example is not read" in text


def test_the_page_costs_the_same_for_many(
    agent: Actor, box: Mailbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        mailserver.keep("", [box.address], b"no mail %d" % number)
        other = Mailbox.objects.create(address=f"b{number}@shop.example", imap_host="x")
        FolderCursor.objects.create(mailbox=other, folder="INBOX", uid_validity=1)
    processing.process_due("w")
    client = signed_in(agent)
    with django_assert_max_num_queries(12):
        assert client.get("/settings/quarantine").status_code == 200


@pytest.mark.parametrize("path", ["/settings/quarantine", "/settings/quarantine/notice"])
def test_not_for_who_sees_no_conversations(analyst: Actor, path: str) -> None:
    assert signed_in(analyst).get(path).status_code in (403, 404)
    assert Client().get(path).status_code == 302


# Consent


def test_a_mailbox_is_connected_through_the_pages(owner: Actor, box: Mailbox, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://testserver"
    Mailbox.objects.update(imap_host="")
    client = signed_in(owner)
    with provider() as one:
        assert client.post("/settings/mailboxes/providers/new", one.settings()).status_code == 302
        registered = MailProvider.objects.get()
        page = client.post(
            f"/settings/mailboxes/{box.pk}/connect", {"provider": registered.pk}
        ).content.decode()
        assert "Continue to 見本メール" in page
        link = re.search(rf'href="({one.url}/authorize[^"]*)"', page)
        assert link is not None
        answer = one.consent(html.unescape(link[1]))
        back = client.get("/settings/mailboxes/connected", answer, follow=True)
        assert "support@shop.example is connected" in back.content.decode()
        shown = client.get(f"/settings/mailboxes/{box.pk}").content.decode()
    assert "Connected with 見本メール" in shown
    MailConsent.objects.update(ended_at=clock.now(), problem="revoked by the user")
    ended = client.get(f"/settings/mailboxes/{box.pk}").content.decode()
    assert "no longer accepts the consent" in ended
    assert "Connect again" in ended
    assert client.post(f"/settings/mailboxes/{box.pk}/disconnect").status_code == 302
    box.refresh_from_db()
    assert (box.sign_in, MailConsent.objects.count()) == (Mailbox.SignIn.PASSWORD, 0)


def test_the_provider_says_no(owner: Actor, box: Mailbox) -> None:
    answer = {"error": "access_denied", "state": "x"}
    back = signed_in(owner).get("/settings/mailboxes/connected", answer, follow=True)
    assert "belongs to no request of yours" in back.content.decode()


def test_a_wrong_registration_is_shown_beside_its_field(owner: Actor, business: object) -> None:
    response = signed_in(owner).post(
        "/settings/mailboxes/providers/new",
        {"kind": "other", "client_id": "x", "token_url": "http://x.example/"},
    )
    assert (response.status_code, "begins with https://" in response.content.decode()) == (422, True)


def test_a_mailbox_may_be_saved_before_it_is_connected(owner: Actor, business: object) -> None:
    fields = {
        "address": "new@shop.example", "sign_in": "consent", "protocol": "pop3", "imap_port": 995,
        "imap_security": "tls", "after_reading": "delete", "smtp_port": 587, "smtp_security": "starttls",
    }  # fmt: skip
    response = signed_in(owner).post("/settings/mailboxes/new", fields, follow=True)
    assert "Connect it with its provider now" in response.content.decode()
    made = Mailbox.objects.get(address="new@shop.example")
    assert (made.protocol, made.after_reading, made.sign_in) == ("pop3", "delete", "consent")


def test_another_server_asks_for_its_password(owner: Actor, box: Mailbox) -> None:
    Mailbox.objects.update(imap_secret=secrets.seal("sesame"))
    fields = {
        "address": box.address, "sign_in": "password", "protocol": "imap", "imap_host": "evil.example",
        "imap_port": 993, "imap_security": "tls", "after_reading": "keep", "smtp_port": 587,
        "smtp_security": "starttls",
    }  # fmt: skip
    client = signed_in(owner)
    page = f"/settings/mailboxes/{box.pk}"
    for language, sentence in (
        ("en", "The server is another one now. Enter its password."),
        ("ja", "サーバーの設定が変わりました。新しいサーバーのパスワードを入力してください。"),
    ):
        User.objects.update(language=language)
        refused = client.post(page, fields)
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    box.refresh_from_db()
    assert box.imap_host == "imap.shop.example"


def test_a_mailbox_that_is_not_there_is_not_fetched(agent: Actor, box: Mailbox) -> None:
    assert signed_in(agent).post(f"/settings/mailboxes/{box.pk + 1}/fetch").status_code == 404


# Old mail


def test_old_mail_is_uploaded_and_its_progress_shown(owner: Actor, box: Mailbox) -> None:
    client = signed_in(owner)
    data = (
        b"From x@example.jp Wed Nov 18 11:55:00 2026\n"
        + mail("one")
        + b"\nFrom - Wed Nov 18 11:55:00 2026\nnothing\n"
    )
    file = SimpleUploadedFile("昔のメール.mbox", data)
    response = client.post("/settings/mailboxes/imports", {"file": file, "mailbox": box.pk})
    page = response["Location"]
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    while task_runs.run_one("tester"):
        pass
    processing.process_due("w")
    text = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "hx-trigger" not in text
    assert "This is not a mail." in text
    job = MailImport.objects.get()
    assert (job.taken_count, job.refused_count) == (1, 1)
    assert "昔のメール.mbox" in client.get("/settings/mailboxes/imports").content.decode()


def test_a_missing_file_is_said(owner: Actor, box: Mailbox) -> None:
    response = signed_in(owner).post("/settings/mailboxes/imports", {"mailbox": box.pk})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/settings/mailboxes/providers/new",
        "/settings/mailboxes/imports",
        "/settings/mailboxes/connected?state=x&code=y",
    ],
)
def test_an_agent_manages_no_mailbox(agent: Actor, box: Mailbox, path: str) -> None:
    assert signed_in(agent).get(path).status_code in (403, 404)


def test_an_agent_connects_and_imports_nothing(agent: Actor, box: Mailbox) -> None:
    registered = MailProvider.objects.create(kind="google", name="Gmail", client_id="x")
    job = MailImport.objects.create(mailbox=box, file_name="x", created_at=clock.now())
    client = signed_in(agent)
    for path in (
        f"mailboxes/{box.pk}/connect", f"mailboxes/{box.pk}/disconnect", f"mailboxes/providers/{registered.pk}",
        f"mailboxes/imports/{job.pk}/stop", f"mailboxes/imports/{job.pk}/go-on", f"mailboxes/imports/{job.pk}/forget",
    ):  # fmt: skip
        response = client.post(
            f"/settings/{path}", {"provider": registered.pk, "kind": "google", "client_id": "y"}
        )
        assert response.status_code in (403, 404)
    registered.refresh_from_db()
    job.refresh_from_db()
    assert (registered.client_id, job.state, MailConsent.objects.count()) == ("x", "running", 0)


def test_the_stand_in_follows_the_flow() -> None:
    """The provider of these tests refuses a code without its verifier, as the real ones do."""
    one = Provider()
    one.codes["c"] = {"redirect_uri": "r", "code_challenge": "x", "login_hint": "a"}
    form = {"grant_type": "authorization_code", "code": "c", "redirect_uri": "r", "code_verifier": "y"}
    assert one.token(form | {"client_id": "mikomi-test", "client_secret": "shop's-secret"})[0] == 400
