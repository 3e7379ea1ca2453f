"""Consent at a provider instead of a password: OAuth2's authorisation code with PKCE (RFC 6749, 7636), and XOAUTH2.

A provider is a row (`MailProvider`): Microsoft 365 and Gmail are known here by kind, every other one says its own
addresses. Nothing here touches the database.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from mikomi.channels.email.problems import MailProblem, problem_of
from mikomi.channels.models import MailProvider

SECONDS = 15.0
LARGEST_ANSWER = 256_000
DEFAULT_LIFETIME = 3600
"""Seconds that an access token is used when the provider does not say how long it lives."""
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_ENDED = {"invalid_grant", "interaction_required", "consent_required", "login_required", "access_denied"}
_CLIENT = {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where consent is asked for and tokens are given, and what for."""

    authorize_url: str
    token_url: str
    scopes: str
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Servers:
    """A known provider's mail servers; TLS for reading, STARTTLS for sending."""

    imap: str
    pop3: str
    smtp: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the provider gave. `lifetime`: seconds of the access token. `refresh` empty: the one we have stays."""

    access: str
    refresh: str
    lifetime: int


SERVERS = {
    "microsoft": Servers("outlook.office365.com", "outlook.office365.com", "smtp.office365.com"),
    "google": Servers("imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"),
}
_OUTLOOK = "https://outlook.office.com"


def endpoints(provider: MailProvider) -> Endpoints:
    """A provider's addresses. Microsoft: identity platform v2.0; Google: OAuth 2.0 for web server applications."""
    if provider.kind == MailProvider.Kind.MICROSOFT:
        base = f"https://login.microsoftonline.com/{provider.tenant or 'organizations'}/oauth2/v2.0"
        scopes = " ".join(
            f"{_OUTLOOK}/{one}" for one in ("IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send")
        )
        return Endpoints(f"{base}/authorize", f"{base}/token", f"{scopes} offline_access")
    if provider.kind == MailProvider.Kind.GOOGLE:
        # Google gives a refresh token only when asked for offline access, and again only with the prompt.
        extra = (("access_type", "offline"), ("prompt", "consent"))
        return Endpoints(
            "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token",
            "https://mail.google.com/", extra,
        )  # fmt: skip
    return Endpoints(provider.authorize_url, provider.token_url, provider.scopes)


def new_secret() -> str:
    """A state or a verifier: 43 characters that nobody guesses (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(32)


def challenge_of(verifier: str) -> str:
    """PKCE's S256 challenge (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def consent_url(provider: MailProvider, *, address: str, state: str, verifier: str, redirect: str) -> str:
    """Where the person is sent to consent."""
    to = endpoints(provider)
    query = {
        "client_id": provider.client_id,
        "response_type": "code",
        "redirect_uri": redirect,
        "scope": to.scopes,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "login_hint": address,
        **dict(to.extra),
    }
    return f"{to.authorize_url}{'&' if '?' in to.authorize_url else '?'}{urlencode(query)}"


def redeem(provider: MailProvider, secret: str, *, code: str, verifier: str, redirect: str) -> Tokens:
    """The tokens for a code. Raises `MailProblem` (consent_ended, provider_client, provider)."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": verifier,
    }
    return _tokens(provider, secret, fields)


def renew(provider: MailProvider, secret: str, *, refresh: str) -> Tokens:
    """A new access token. Raises `MailProblem`: consent_ended once the person or the provider has taken it back."""
    fields = {"grant_type": "refresh_token", "refresh_token": refresh, "scope": endpoints(provider).scopes}
    return _tokens(provider, secret, fields)


def _tokens(provider: MailProvider, secret: str, fields: dict[str, str]) -> Tokens:
    fields |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
    status, answer = _post(endpoints(provider).token_url, fields)
    if status != 200:
        raise _refusal(status, answer)
    access = answer.get("access_token")
    if not isinstance(access, str) or not access:
        raise MailProblem("provider", "the answer holds no access token")
    lifetime = answer.get("expires_in")
    seconds = (
        int(lifetime) if isinstance(lifetime, int | str) and str(lifetime).isdecimal() else DEFAULT_LIFETIME
    )
    return Tokens(access, str(answer.get("refresh_token") or ""), seconds)


def _refusal(status: int, answer: dict[str, Any]) -> MailProblem:
    """RFC 6749, 5.2. The description is the provider's own; tokens and codes are not in it."""
    error = str(answer.get("error") or "")
    words = f"{status} {error} {answer.get('error_description') or ''}".strip()
    if error in _ENDED:
        return MailProblem("consent_ended", words)
    return MailProblem("provider_client" if error in _CLIENT else "provider", words)


def _post(url: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Post a form, read JSON. No redirect is followed: nobody else gets the secret. Raises `MailProblem`."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        link = _connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            link.request("POST", path, urlencode(fields), headers)
            answer = link.getresponse()
            return answer.status, _json(answer.read(LARGEST_ANSWER))
        finally:
            link.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise MailProblem("provider", f"{problem_of(error).code} {error}") from error


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    if scheme == "http" and host in THIS_MACHINE:
        return http.client.HTTPConnection(host, port, timeout=SECONDS)
    raise ValueError("only https is spoken with a provider")


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def xoauth2(user: str, token: str) -> str:
    """The sign-in of Google's and Microsoft's XOAUTH2."""
    return f"user={user}\1auth=Bearer {token}\1\1"
