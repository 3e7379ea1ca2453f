"""OAuth2 in place of passwords: the real flow against a local provider, Dovecot and aiosmtpd that ask for its tokens.

No provider of the world is called: `tests/provider.py` stands for Microsoft 365 and Gmail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation

from mikomi.channels import operations
from mikomi.channels.email import consents, imap, oauth, pop3, smtp
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.email.tests.conftest import fetch, visit
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Mailbox, MailConsent, MailProvider
from mikomi.channels.operations import ConsentRefusedError, ProviderSettings, SettingsRefusedError
from mikomi.conversations.models import Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from tests.provider import CLIENT_SECRET, Provider, provider
from tests.servers import Dovecot, dovecot, smtp_server

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]
BACK = "http://127.0.0.1:8000/settings/mailboxes/connected"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Provider, Dovecot]]:
    with provider() as one, dovecot(token_port=one.port) as server:
        yield one, server


@pytest.fixture
def there(running: tuple[Provider, Dovecot]) -> Iterator[Provider]:
    """The provider, as new."""
    one = running[0]
    yield one
    one.behaviour, one.lifetime, one.rotates = "good", 3600, True
    for kept in (one.codes, one.access, one.refresh):
        kept.clear()
    one.calls.clear()


@pytest.fixture
def server(running: tuple[Provider, Dovecot]) -> Dovecot:
    import secrets

    return replace(running[1], user=f"consent-{secrets.token_hex(4)}@shop.example")


@pytest.fixture
def registered(there: Provider, owner: Actor) -> MailProvider:
    return operations.save_provider(actor=owner, settings=ProviderSettings(**there.settings()))


@pytest.fixture
def mailbox(server: Dovecot, business: object) -> Mailbox:
    return Mailbox.objects.create(**server.settings(imap_secret=""))


def connect(owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox) -> Mailbox:
    url = operations.ask_for_consent(
        actor=owner, mailbox_id=mailbox.pk, provider_id=registered.pk, redirect=BACK
    )
    answer = there.consent(url)
    return operations.take_consent(
        actor=owner,
        state=answer["state"],
        code=answer.get("code", ""),
        error=answer.get("error", ""),
        redirect=BACK,
    )


def test_a_mailbox_is_read_with_consent_in_place_of_a_password(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox, server: Dovecot
) -> None:
    server.append(mail())
    connected = connect(owner, there, registered, mailbox)
    assert connected.sign_in == Mailbox.SignIn.CONSENT
    assert len(fetch(mailbox)) == 1
    assert Message.objects.count() == 1


def test_pop3_and_smtp_sign_in_with_the_same_consent(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox, server: Dovecot
) -> None:
    server.append(mail())
    connect(owner, there, registered, mailbox)
    mailbox.refresh_from_db()
    mailbox.protocol, mailbox.imap_port = "pop3", server.pop3_port
    with pop3.connected(mailbox) as maildrop:
        assert len(maildrop.held()) == 1
    with smtp_server(tokens=there.access) as running:
        for name, value in running.settings().items():
            setattr(mailbox, name, value)
        with smtp.connected(mailbox) as client:
            assert client.noop()[0] == 250
        there.access.clear()
        there.refresh.clear()
        with pytest.raises(MailProblem) as caught, smtp.connected(mailbox):
            pass
    assert caught.value.code == "consent_ended"


def test_the_tokens_are_sealed(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    connect(owner, there, registered, mailbox)
    consent = MailConsent.objects.get()
    stored = consent.access + consent.refresh + registered.client_secret
    assert not any(secret in stored for secret in (*there.access, *there.refresh, CLIENT_SECRET))
    assert (consent.state, consent.verifier) == ("", "")


def test_a_token_that_ends_is_renewed_and_one_that_lives_is_not(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    connect(owner, there, registered, mailbox)
    first = consents.access_token(mailbox)
    assert consents.access_token(mailbox) == first
    assert len(there.calls) == 1
    with clock.frozen(clock.now() + timedelta(minutes=59)):
        second = consents.access_token(mailbox)
        assert consents.access_token(mailbox) == second
    assert second != first
    assert [call["grant_type"] for call in there.calls] == ["authorization_code", "refresh_token"]


def test_a_provider_that_keeps_its_refresh_token_is_asked_with_the_same(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    there.rotates = False
    connect(owner, there, registered, mailbox)
    tokens = {consents.access_token(mailbox, refused=consents.access_token(mailbox)) for _time in range(2)}
    assert len(tokens) == 2
    assert len({call.get("refresh_token") for call in there.calls[1:]}) == 1


def test_a_token_that_the_server_refuses_is_renewed_once(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox, server: Dovecot
) -> None:
    connect(owner, there, registered, mailbox)
    there.access.clear()
    server.append(mail())
    assert len(fetch(mailbox)) == 1
    assert len(there.calls) == 2


def test_consent_that_was_taken_back_is_said_and_the_provider_is_left_alone(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    connect(owner, there, registered, mailbox)
    there.withdraw()
    for _time in range(3):
        visit(mailbox)
    mailbox.refresh_from_db()
    problem = MailProblem.stored(mailbox.poll_error)
    assert (problem.code, len(there.calls)) == ("consent_ended", 2)
    with translation.override("en"):
        assert "Connect it again" in problem.sentence
    assert MailConsent.objects.get().ended_at is not None


def test_connecting_again_mends_it(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox, server: Dovecot
) -> None:
    connect(owner, there, registered, mailbox)
    there.withdraw()
    visit(mailbox)
    connect(owner, there, registered, mailbox)
    server.append(mail())
    assert len(fetch(mailbox)) == 1
    mailbox.refresh_from_db()
    assert (mailbox.poll_error, MailConsent.objects.get().ended_at) == ("", None)


def test_a_provider_in_trouble_is_tried_again_and_ends_nothing(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    connect(owner, there, registered, mailbox)
    there.behaviour = "broken"
    with pytest.raises(MailProblem) as caught:
        consents.access_token(mailbox, refused=consents.access_token(mailbox))
    assert (caught.value.code, MailConsent.objects.get().ended_at) == ("provider", None)
    there.behaviour = "good"
    assert consents.access_token(mailbox, refused="x")


def test_two_processes_renew_once(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    """Given that another process is renewing, when a token is asked for, then its answer is waited for."""
    connect(owner, there, registered, mailbox)
    refused = consents.access_token(mailbox)
    consent = MailConsent.objects.get()
    assert consents._is_mine(consent)
    looks = []

    def other_process(_seconds: float) -> None:
        looks.append(1)
        consents._renewed(MailConsent.objects.select_related("provider").get())

    with patch("time.sleep", other_process):
        assert consents.access_token(mailbox, refused=refused) != refused
    assert (len(looks), len(there.calls)) == (1, 2)


def test_the_person_says_no(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    there.behaviour = "refuse"
    with pytest.raises(ConsentRefusedError, match="access_denied"):
        connect(owner, there, registered, mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.sign_in, there.calls) == (Mailbox.SignIn.PASSWORD, [])


def test_an_answer_is_good_once_for_who_asked_and_not_for_long(
    owner: Actor, manager: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    def answered() -> dict[str, str]:
        url = operations.ask_for_consent(
            actor=owner, mailbox_id=mailbox.pk, provider_id=registered.pk, redirect=BACK
        )
        return there.consent(url)

    other = replace(owner, user_id=(owner.user_id or 0) + 1)
    answer = answered()
    with pytest.raises(ConsentRefusedError):
        operations.take_consent(actor=other, redirect=BACK, **answer)
    operations.take_consent(actor=owner, redirect=BACK, **answer)
    with pytest.raises(ConsentRefusedError):
        operations.take_consent(actor=owner, redirect=BACK, **answer)
    late = answered()
    with clock.frozen(clock.now() + timedelta(minutes=16)), pytest.raises(ConsentRefusedError):
        operations.take_consent(actor=owner, redirect=BACK, **late)
    with pytest.raises(ConsentRefusedError):
        operations.take_consent(actor=owner, state="", code="x", redirect=BACK)
    assert len(there.calls) == 1


def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    owner: Actor, there: Provider, registered: MailProvider, mailbox: Mailbox
) -> None:
    url = operations.ask_for_consent(
        actor=owner, mailbox_id=mailbox.pk, provider_id=registered.pk, redirect=BACK
    )
    code = there.consent(url)["code"]
    with pytest.raises(MailProblem) as caught:
        oauth.redeem(registered, CLIENT_SECRET, code=code, verifier=oauth.new_secret(), redirect=BACK)
    assert caught.value.code == "consent_ended"


def test_a_wrong_registration_is_said(owner: Actor, there: Provider, mailbox: Mailbox) -> None:
    wrong = ProviderSettings(**(there.settings() | {"client_secret": "wrong"}))
    registered = operations.save_provider(actor=owner, settings=wrong)
    with pytest.raises(MailProblem) as caught:
        connect(owner, there, registered, mailbox)
    assert caught.value.code == "provider_client"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_id": " "}, "client_id"),
        ({"kind": "aol"}, "kind"),
        ({"token_url": "http://provider.example/token"}, "token_url"),
        ({"authorize_url": "javascript:x"}, "authorize_url"),
        ({"scopes": ""}, "scopes"),
        ({"kind": "microsoft", "tenant": "a/b"}, "tenant"),
    ],
)
def test_a_wrong_provider_is_refused(
    owner: Actor, there: Provider, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        operations.save_provider(actor=owner, settings=ProviderSettings(**(there.settings() | changes)))
    assert (set(caught.value.errors), MailProvider.objects.count()) == ({field}, 0)


@pytest.mark.parametrize(
    ("kind", "host", "scope"),
    [
        ("microsoft", "login.microsoftonline.com", "offline_access"),
        ("google", "accounts.google.com", "https://mail.google.com/"),
    ],
)
def test_the_known_providers_need_only_the_registration(
    owner: Actor, mailbox: Mailbox, kind: str, host: str, scope: str
) -> None:
    registered = operations.save_provider(actor=owner, settings=ProviderSettings(kind, "client"))
    url = operations.ask_for_consent(
        actor=owner, mailbox_id=mailbox.pk, provider_id=registered.pk, redirect=BACK
    )
    query = parse_qs(urlsplit(url).query)
    assert (urlsplit(url).hostname, scope in query["scope"][0].split()) == (host, True)
    assert query["login_hint"] == [mailbox.address]
    assert len(query["code_challenge"][0]) == 43


def test_only_who_manages_settings(
    agent: Actor, owner: Actor, there: Provider, registered: MailProvider
) -> None:
    box = Mailbox.objects.create(address="x@shop.example")
    for act in (
        lambda: operations.save_provider(actor=agent, settings=ProviderSettings(**there.settings())),
        lambda: operations.ask_for_consent(
            actor=agent, mailbox_id=box.pk, provider_id=registered.pk, redirect=BACK
        ),
        lambda: operations.take_consent(actor=agent, state="x", code="x", redirect=BACK),
        lambda: operations.end_consent(actor=agent, mailbox_id=box.pk),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert (MailProvider.objects.count(), MailConsent.objects.count(), there.calls) == (1, 0, [])


def test_a_mailbox_that_is_not_connected_says_so(mailbox: Mailbox) -> None:
    mailbox.sign_in = Mailbox.SignIn.CONSENT
    with pytest.raises(MailProblem) as caught, imap.connected(mailbox):
        pass
    assert caught.value.code == "not_connected"
