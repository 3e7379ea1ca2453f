"""Entering and trying a mailbox: clear sentences, sealed passwords, only for who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from mikomi.channels import operations, queries
from mikomi.channels.email import consents
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox, MailConsent, MailProvider, WebForm
from mikomi.channels.operations import MailboxSettings, ProviderSettings, SettingsRefusedError
from mikomi.core import clock, secrets
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from tests.servers import HOST, PASSWORD, Dovecot, dovecot, free_port

pytestmark = pytest.mark.django_db


def settings(**changes: object) -> MailboxSettings:
    values = {"address": "Support@Shop.example", "imap_host": "imap.shop.example", "imap_password": "sesame"}
    return MailboxSettings(**(values | changes))  # type: ignore[arg-type]


def test_a_mailbox_is_saved_with_its_password_sealed(owner: Actor) -> None:
    mailbox = operations.save_mailbox(actor=owner, settings=settings())
    mailbox.refresh_from_db()
    assert mailbox.address == "support@shop.example"
    assert "sesame" not in mailbox.imap_secret
    assert secrets.unseal(mailbox.imap_secret) == "sesame"
    assert mailbox.backfill_until is not None
    assert AccessLog.objects.filter(action="mailbox.saved", subject_id=mailbox.pk).count() == 1


def test_a_change_without_a_password_keeps_it(owner: Actor) -> None:
    mailbox = operations.save_mailbox(actor=owner, settings=settings())
    before = mailbox.backfill_until
    changed = operations.save_mailbox(
        actor=owner, mailbox_id=mailbox.pk, settings=settings(imap_password=None, display_name="見本商店")
    )
    assert secrets.unseal(changed.imap_secret) == "sesame"
    assert (changed.display_name, changed.backfill_until) == ("見本商店", before)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"imap_host": "", "smtp_host": ""}, "imap_host"),
        ({"imap_host": "https://mail.example/"}, "imap_host"),
        ({"imap_port": 0}, "imap_port"),
        ({"imap_security": "none"}, "imap_security"),
        ({"imap_security": "ssl3"}, "imap_security"),
        ({"folders": tuple("x" * 51)}, "folders"),
        ({"display_name": "A\r\nBcc: b"}, "display_name"),
        ({"after_reading": "burn"}, "after_reading"),
        ({"team_id": 4711}, "team_id"),
        ({"backfill_until": datetime(2126, 1, 1, tzinfo=UTC)}, "backfill_until"),
    ],
)
def test_wrong_settings_are_refused_beside_their_field(
    owner: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        operations.save_mailbox(actor=owner, settings=settings(**changes))
    assert set(caught.value.errors) == {field}
    assert not Mailbox.objects.exists()


# A password goes to the server that it was entered for


@pytest.mark.parametrize("kind", ["imap", "smtp"])
@pytest.mark.parametrize(
    "change", [{"host": "evil.example"}, {"port": 4711}, {"security": "none", "host": "localhost"}]
)
def test_a_kept_password_does_not_follow_to_another_server(
    owner: Actor, kind: str, change: dict[str, object]
) -> None:
    # given a mailbox with both passwords
    known = settings(smtp_host="smtp.shop.example", smtp_password="open")
    mailbox = operations.save_mailbox(actor=owner, settings=known)
    # when a server changes and no password is given with it, it is refused beside the password
    changes = {f"{kind}_{name}": value for name, value in change.items()}
    with pytest.raises(SettingsRefusedError) as caught:
        operations.change_mailbox(actor=owner, mailbox_id=mailbox.pk, changes=changes)
    assert set(caught.value.errors) == {f"{kind}_password"}
    mailbox.refresh_from_db()
    assert mailbox.imap_host == "imap.shop.example"
    # and with one it is taken
    changed = operations.change_mailbox(
        actor=owner, mailbox_id=mailbox.pk, changes=changes | {f"{kind}_password": "theirs"}
    )
    assert secrets.unseal(getattr(changed, f"{kind}_secret")) == "theirs"


def test_a_server_that_is_given_up_asks_for_no_password(owner: Actor) -> None:
    known = settings(smtp_host="smtp.shop.example", smtp_password="open")
    mailbox = operations.save_mailbox(actor=owner, settings=known)
    changed = operations.change_mailbox(actor=owner, mailbox_id=mailbox.pk, changes={"smtp_host": ""})
    assert changed.smtp_host == ""
    # but when it comes back as another one, the old password is not for it
    with pytest.raises(SettingsRefusedError):
        operations.change_mailbox(actor=owner, mailbox_id=mailbox.pk, changes={"smtp_host": "evil.example"})


def test_consent_does_not_follow_to_another_server(owner: Actor) -> None:
    # given a mailbox that is connected, and holds a password of before
    mailbox = operations.save_mailbox(actor=owner, settings=settings())
    connected(mailbox)
    Mailbox.objects.update(sign_in="consent")
    # when its server changes
    changed = operations.change_mailbox(
        actor=owner, mailbox_id=mailbox.pk, changes={"imap_host": "evil.example"}
    )
    # then neither goes there: it has to be connected again
    consent = MailConsent.objects.get()
    assert (consent.access, consent.refresh, consent.connected_at, changed.imap_secret) == ("", "", None, "")
    with pytest.raises(MailProblem, match="not_connected"):
        consents.access_token(changed)


def test_consent_stays_while_the_servers_stay(owner: Actor) -> None:
    mailbox = operations.save_mailbox(actor=owner, settings=settings())
    connected(mailbox)
    operations.change_mailbox(actor=owner, mailbox_id=mailbox.pk, changes={"display_name": "見本商店"})
    assert MailConsent.objects.get().connected_at is not None


def test_what_a_provider_was_told_does_not_go_to_another(owner: Actor) -> None:
    # given a registration and a mailbox that is connected with it
    known = ProviderSettings(
        "other",
        "client",
        "secret",
        authorize_url="https://a.example/a",
        token_url="https://a.example/t",
        scopes="x",
    )
    registered = operations.save_provider(actor=owner, settings=known)
    connected(operations.save_mailbox(actor=owner, settings=settings()), registered)
    # when its tokens shall come from elsewhere, its secret is wanted again
    other = replace(known, token_url="https://evil.example/t", client_secret=None)
    with pytest.raises(SettingsRefusedError) as caught:
        operations.save_provider(actor=owner, settings=other, provider_id=registered.pk)
    assert set(caught.value.errors) == {"client_secret"}
    operations.save_provider(
        actor=owner, settings=replace(other, client_secret="theirs"), provider_id=registered.pk
    )
    assert (MailConsent.objects.get().refresh, MailConsent.objects.get().connected_at) == ("", None)


def connected(mailbox: Mailbox, provider: MailProvider | None = None) -> None:
    """The provider's consent for this mailbox."""
    MailConsent.objects.create(
        mailbox=mailbox, provider=provider or MailProvider.objects.create(kind="google", name="G", client_id="x"),
        access=secrets.seal("a"), refresh=secrets.seal("r"), connected_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip


def test_one_address_is_one_mailbox(owner: Actor) -> None:
    operations.save_mailbox(actor=owner, settings=settings())
    with pytest.raises(SettingsRefusedError) as caught:
        operations.save_mailbox(actor=owner, settings=settings())
    assert (set(caught.value.errors), Mailbox.objects.count()) == ({"address"}, 1)


def test_only_who_manages_settings(agent: Actor, owner: Actor) -> None:
    mailbox = operations.save_mailbox(actor=owner, settings=settings())
    with pytest.raises(NotAllowedError):
        operations.save_mailbox(actor=agent, mailbox_id=mailbox.pk, settings=settings(address="a@b.example"))
    with pytest.raises(NotAllowedError):
        operations.switch_mailbox(actor=agent, mailbox_id=mailbox.pk, active=False)
    with pytest.raises(NotAllowedError):
        operations.test_connection(actor=agent, mailbox_id=mailbox.pk)
    with pytest.raises(NotAllowedError):
        operations.save_form(actor=agent, name="x")
    mailbox.refresh_from_db()
    assert (mailbox.address, mailbox.is_active, WebForm.objects.count()) == ("support@shop.example", True, 0)


def test_fetch_now_makes_the_next_visit_due(owner: Actor, agent: Actor) -> None:
    mailbox = operations.save_mailbox(actor=owner, settings=settings())
    Mailbox.objects.update(next_poll_at=clock.now())
    assert operations.fetch_now(actor=agent, mailbox_id=mailbox.pk) == 1
    mailbox.refresh_from_db()
    assert mailbox.next_poll_at is None
    with pytest.raises(Mailbox.DoesNotExist):
        operations.fetch_now(actor=agent, mailbox_id=mailbox.pk + 1)


def test_a_form_is_made_and_changed(owner: Actor) -> None:
    form = operations.save_form(actor=owner, name="お問い合わせ")
    changed = operations.save_form(actor=owner, name="ご相談", form_id=form.pk, is_active=False)
    assert (changed.token, changed.name) == (form.token, "ご相談")
    with pytest.raises(WebForm.DoesNotExist):
        queries.public_form(form.token)
    with pytest.raises(SettingsRefusedError):
        operations.save_form(actor=owner, name=" ")


def test_a_name_that_does_not_exist(owner: Actor) -> None:
    report = operations.test_connection(actor=owner, settings=settings(imap_host="no-such-host.invalid"))
    assert report.reading is not None
    assert (report.works, report.reading.code) == (False, "name_not_found")
    with translation.override("ja"):
        assert "サーバー" in report.reading.sentence


def test_a_port_where_nobody_listens(owner: Actor) -> None:
    local = settings(
        imap_host="", smtp_host=HOST, smtp_port=free_port(), smtp_security="none", smtp_password="x"
    )
    report = operations.test_connection(actor=owner, settings=local)
    assert report.sending is not None
    assert report.sending.code == "refused"


@pytest.mark.dovecot
def test_what_can_be_wrong_with_a_real_server(
    owner: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dovecot() as server:
        good = local(server)
        assert trial(owner, good).reading is None
        assert "INBOX" in trial(owner, good).folders
        assert code(owner, local(server, imap_password="wrong")) == "login"
        assert code(owner, local(server, imap_password="ぱすわーど")) == "login"
        assert code(owner, local(server, folders=("Nowhere",))) == "folder"
        assert code(owner, local(server, imap_security="tls", imap_port=server.tls_port)) == "certificate"
        assert code(owner, local(server, imap_security="starttls")) == "certificate"
        assert code(owner, local(server, imap_security="tls")) == "not_tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        assert trial(owner, local(server, imap_security="tls", imap_port=server.tls_port)).works
        assert trial(owner, local(server, imap_security="starttls")).works


def local(server: Dovecot, **changes: object) -> MailboxSettings:
    values = {
        "address": server.user, "imap_host": HOST, "imap_port": server.port, "imap_security": "none",
        "imap_password": PASSWORD,
    }  # fmt: skip
    return settings(**(values | changes))


def trial(owner: Actor, tried: MailboxSettings) -> operations.ConnectionReport:
    return operations.test_connection(actor=owner, settings=tried)


def code(owner: Actor, tried: MailboxSettings) -> str:
    problem = trial(owner, tried).reading
    assert problem is not None
    assert problem.sentence != MailProblem("unheard of").sentence
    return problem.code
