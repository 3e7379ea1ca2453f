"""Consent at a provider: its registration, asking for it, taking the answer, ending it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.channels.email import consents, oauth
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox, MailConsent, MailProvider
from mikomi.channels.operations.mailboxes import SettingsRefusedError
from mikomi.core import clock, secrets
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission

ASKED_FOR = timedelta(minutes=15)
"""So long may the person take at the provider."""
Kind = MailProvider.Kind


class ConsentRefusedError(ValueError):
    """No consent came of it; the sentence says why. What was connected before stays so."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How this installation is registered with a provider. A secret of none leaves the stored one as it is."""

    kind: str
    client_id: str
    client_secret: str | None = None
    name: str = ""
    tenant: str = ""
    authorize_url: str = ""
    token_url: str = ""
    scopes: str = ""


@transaction.atomic
def save_provider(
    *, actor: Actor, settings: ProviderSettings, provider_id: int | None = None
) -> MailProvider:
    """Enter a registration or change one. Raises `SettingsRefusedError`, `MailProvider.DoesNotExist`."""
    actor.require(Permission.SETTINGS_MANAGE)
    provider = MailProvider.objects.select_for_update().get(pk=provider_id) if provider_id else MailProvider()
    before = _asks(provider)
    if errors := _errors(settings):
        raise SettingsRefusedError(errors)
    provider.kind, provider.client_id = settings.kind, settings.client_id.strip()
    provider.name = settings.name.strip() or str(Kind(settings.kind).label)
    provider.tenant, provider.scopes = settings.tenant.strip(), " ".join(settings.scopes.split())
    provider.authorize_url, provider.token_url = settings.authorize_url, settings.token_url
    if provider_id and _asks(provider) != before:
        _leave_nothing(provider, settings)
    if settings.client_secret is not None:
        provider.client_secret = secrets.seal(settings.client_secret)
    provider.save()
    access.log("mail_provider.saved", actor=actor, subject_type="mail_provider", subject_id=provider.pk)
    return provider


def _asks(provider: MailProvider) -> str:
    """The server that gives the tokens, and is told the secret and the old tokens for them."""
    return urlsplit(oauth.endpoints(provider).token_url).netloc


def _leave_nothing(provider: MailProvider, settings: ProviderSettings) -> None:
    """Another server is asked from now on: neither the secret nor the tokens of before are for it."""
    if provider.client_secret and settings.client_secret is None:
        raise SettingsRefusedError(
            {"client_secret": _("The provider's address is another one now. Enter its client secret.")}
        )
    consents.forget_tokens(MailConsent.objects.filter(provider=provider))


def _errors(settings: ProviderSettings) -> dict[str, str]:
    errors: dict[str, str] = {}
    if settings.kind not in Kind.values:
        errors["kind"] = _("Choose one of the list.")
    if not settings.client_id.strip() or len(settings.client_id) > 255:
        errors["client_id"] = _("The provider gave you a client id with the registration; enter it here.")
    if not all(char.isalnum() or char in ".-" for char in settings.tenant.strip()):
        errors["tenant"] = _("The tenant is a name such as shop.onmicrosoft.com, or an id.")
    if settings.kind == Kind.OTHER:
        for name in ("authorize_url", "token_url"):
            if not _is_safe(getattr(settings, name)):
                errors[name] = _("Enter an address that begins with https://.")
        if not settings.scopes.strip():
            errors["scopes"] = _("Enter what the provider calls the right to read and send mail.")
    return errors


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in oauth.THIS_MACHINE
    return len(url) <= 500 and bool(parts.hostname) and (parts.scheme == "https" or local)


def ask_for_consent(*, actor: Actor, mailbox_id: int, provider_id: int, redirect: str) -> str:
    """The address at the provider to which the person is sent now. `redirect`: where the provider sends them back.

    Raises `Mailbox.DoesNotExist`, `MailProvider.DoesNotExist`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    mailbox = Mailbox.objects.get(pk=mailbox_id)
    provider = MailProvider.objects.get(pk=provider_id)
    state, verifier = oauth.new_secret(), oauth.new_secret()
    with transaction.atomic():
        consent, _created = MailConsent.objects.get_or_create(
            mailbox=mailbox, defaults={"provider": provider}
        )
        if consent.provider_id != provider.pk:
            # The tokens of another provider are worth nothing at this one.
            consent.access, consent.refresh, consent.connected_at, consent.ended_at = "", "", None, None
        consent.provider, consent.state, consent.verifier = provider, _hash(state), secrets.seal(verifier)
        consent.asked_at, consent.asked_by_id = clock.now(), actor.user_id
        consent.save()
    return oauth.consent_url(
        provider, address=mailbox.address, state=state, verifier=verifier, redirect=redirect
    )


def take_consent(*, actor: Actor, state: str, code: str, error: str = "", redirect: str) -> Mailbox:
    """What the provider answered, by way of the person's browser: the code becomes tokens, and the mailbox uses them.

    A state is good once, for the person who asked, for a quarter of an hour. Makes one call to the provider: call it
    outside transactions. Raises `ConsentRefusedError`, `MailProblem`.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    consent = _asked(actor, state)
    if error or not code:
        raise ConsentRefusedError(
            _("No consent was given at the provider (%(word)s). You can try again.")
            % {"word": error[:100] or "?"}
        )
    tokens = oauth.redeem(
        consent.provider, _unsealed(consent.provider.client_secret), code=code, verifier=_unsealed(consent.verifier),
        redirect=redirect,
    )  # fmt: skip
    if not tokens.refresh:
        raise ConsentRefusedError(
            _("The provider gave no lasting consent. Check that the registration allows offline access.")
        )
    return _connected(actor, consent, tokens)


def _asked(actor: Actor, state: str) -> MailConsent:
    """The request that this state belongs to; nobody can use it again."""
    mine = MailConsent.objects.filter(
        state=_hash(state), asked_by_id=actor.user_id, asked_at__gt=clock.now() - ASKED_FOR
    )
    consent = mine.select_related("provider").first()
    if not state or consent is None or not mine.update(state="", verifier=""):
        raise ConsentRefusedError(
            _("This answer belongs to no request of yours, or came too late. Connect again.")
        )
    return consent


def _connected(actor: Actor, consent: MailConsent, tokens: oauth.Tokens) -> Mailbox:
    now = clock.now()
    with transaction.atomic():
        MailConsent.objects.filter(pk=consent.pk).update(
            **consents.kept(tokens), connected_at=now, ended_at=None, renewing_until=None
        )
        mailbox = Mailbox.objects.select_for_update().get(pk=consent.mailbox_id)
        mailbox.sign_in, mailbox.next_poll_at, mailbox.poll_failures = Mailbox.SignIn.CONSENT, None, 0
        _fill_servers(mailbox, consent.provider)
        mailbox.save()
        access.log("mailbox.connected", actor=actor, subject_type="mailbox", subject_id=mailbox.pk)
    return mailbox


def _fill_servers(mailbox: Mailbox, provider: MailProvider) -> None:
    """A known provider's servers, where none is entered."""
    known = oauth.SERVERS.get(provider.kind)
    if known is None:
        return
    if not mailbox.imap_host:
        is_pop3 = mailbox.protocol == Mailbox.Protocol.POP3
        mailbox.imap_host, mailbox.imap_port = (known.pop3, 995) if is_pop3 else (known.imap, 993)
        mailbox.imap_security = Mailbox.Security.TLS
    if not mailbox.smtp_host:
        mailbox.smtp_host, mailbox.smtp_port = known.smtp, 587
        mailbox.smtp_security = Mailbox.Security.STARTTLS


def end_consent(*, actor: Actor, mailbox_id: int) -> None:
    """Forget the tokens of a mailbox; it signs in by password again. At the provider the consent is ended there."""
    actor.require(Permission.SETTINGS_MANAGE)
    with transaction.atomic():
        MailConsent.objects.filter(mailbox_id=mailbox_id).delete()
        Mailbox.objects.filter(pk=mailbox_id).update(sign_in=Mailbox.SignIn.PASSWORD, next_poll_at=None)
        access.log("mailbox.disconnected", actor=actor, subject_type="mailbox", subject_id=mailbox_id)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _unsealed(text: str) -> str:
    try:
        return secrets.unseal(text)
    except secrets.SealError as error:
        raise MailProblem("secret") from error
