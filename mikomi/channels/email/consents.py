"""The access token of a mailbox: kept sealed, renewed by one process at a time, ended when the provider says so."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db.models import Q, QuerySet

from mikomi.channels.email import oauth
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Mailbox, MailConsent
from mikomi.core import clock, secrets

EARLY = timedelta(minutes=2)
"""A token that ends so soon is renewed before it is used."""
LEASE = timedelta(seconds=45)
_LOOK_AGAIN_SECONDS = 0.2


def access_token(mailbox: Mailbox, *, refused: str = "") -> str:
    """A token that signs in to the mailbox; makes one call to the provider where it has to be renewed.

    `refused`: the token that a mail server has just refused; another one is fetched. Raises `MailProblem`:
    not_connected, consent_ended, secret, provider, provider_client.
    """
    until = clock.monotonic() + LEASE.total_seconds()
    while clock.monotonic() < until:
        consent = _living(mailbox)
        access = _unsealed(consent.access)
        if access and access != refused and consent.expires_at and consent.expires_at > clock.now() + EARLY:
            return access
        if _is_mine(consent):
            return _renewed(consent)
        time.sleep(_LOOK_AGAIN_SECONDS)
    raise MailProblem("provider", "another process did not get an answer in time")


def _living(mailbox: Mailbox) -> MailConsent:
    consent = MailConsent.objects.select_related("provider").filter(mailbox=mailbox).first()
    if consent is None or not consent.refresh:
        raise MailProblem("not_connected")
    if consent.ended_at is not None:
        raise MailProblem("consent_ended", consent.problem)
    return consent


def _unsealed(text: str) -> str:
    try:
        return secrets.unseal(text)
    except secrets.SealError as error:
        raise MailProblem("secret") from error


def _is_mine(consent: MailConsent) -> bool:
    """Take the right to renew. Two at once would give a provider that rotates its tokens a reason to end both."""
    now = clock.now()
    free = MailConsent.objects.filter(Q(renewing_until=None) | Q(renewing_until__lte=now), pk=consent.pk)
    return free.filter(refresh=consent.refresh, access=consent.access).update(renewing_until=now + LEASE) == 1


def _renewed(consent: MailConsent) -> str:
    mine = MailConsent.objects.filter(pk=consent.pk)
    try:
        secret = _unsealed(consent.provider.client_secret)
        tokens = oauth.renew(consent.provider, secret, refresh=_unsealed(consent.refresh))
    except MailProblem as problem:
        ended = (
            {"ended_at": clock.now(), "problem": problem.detail} if problem.code == "consent_ended" else {}
        )
        # Whoever has connected it again meanwhile is not disturbed.
        mine.filter(refresh=consent.refresh).update(**ended)
        mine.update(renewing_until=None)
        raise
    mine.filter(refresh=consent.refresh).update(**kept(tokens, consent.refresh))
    mine.update(renewing_until=None)
    return tokens.access


def forget_tokens(rows: QuerySet[MailConsent]) -> None:
    """Forget what was given for other servers, or by another provider: these mailboxes have to be connected again."""
    rows.update(access="", refresh="", expires_at=None, connected_at=None, ended_at=None, problem="")


def kept(tokens: oauth.Tokens, refresh: str = "") -> dict[str, object]:
    """The columns that hold tokens; `refresh`: the sealed one that stays if the provider gave no other."""
    return {
        "access": secrets.seal(tokens.access),
        "refresh": secrets.seal(tokens.refresh) or refresh,
        "expires_at": clock.now() + timedelta(seconds=tokens.lifetime),
        "problem": "",
    }
