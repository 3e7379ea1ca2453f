"""Every page of the product, found from the addresses of the URL conf, so that a new page can't be forgotten.

Each named address is asked for once, with the values of `VALUES` for what stands in it, by each of the `visitors` in
turn. Who gets a whole page (HTML with `<html>`) makes it a page of the walk. What answers 405 is an act; a download
and a part of a page are looked at where they are used. Anything else is a complaint, unless `ELSEWHERE` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import signing
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mikomi.channels.models import Intake, Mailbox, MailImport, MailProvider, Sender, WebForm
from mikomi.commerce.models import Order, Product
from mikomi.conversations.models import Attachment, Conversation, Message, RecoveryCase, Template
from mikomi.core import clock
from mikomi.core.access.models import User
from mikomi.core.business.models import Business
from mikomi.customers.models import Customer, Segment
from mikomi.feedback.models import Invitation, Questionnaire, Sheet, Surprise
from mikomi.integrations.models import ImportJob, ShopConnection
from mikomi.integrations.webhooks.models import Endpoint
from mikomi.ops import demo
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise, Renegotiation, Subscription
from mikomi.web.gallery.views import PAGES as GALLERY_PAGES

Values = Callable[[], Sequence[object]]


def of(model: type[Model], field: str = "pk", **conditions: object) -> Values:
    """The id (or another field) of the newest such row."""
    return lambda: list(
        model._default_manager.filter(**conditions).order_by("-pk").values_list(field, flat=True)[:1]
    )


VALUES: dict[str, Values] = {
    "attachment_id": of(Attachment),
    "conversation_id": lambda: [
        *of(Conversation)(),
        *of(RecoveryCase, "conversation_id", conversation__gt=0)(),
    ],
    "customer_id": lambda: [*of(Customer)(), *of(Promise, "customer_id", state="broken", audience="one")()],
    "connection_id": of(ShopConnection),
    "endpoint_id": of(Endpoint),
    "intake_id": of(Intake),
    "job_id": of(ImportJob, state=ImportJob.State.CHECKED),
    "mailbox_id": of(Mailbox),
    "message_id": of(Message, html__startswith="<"),
    "order_id": of(Order),
    "product_id": lambda: list(Product.objects.order_by("on_hand", "pk").values_list("pk", flat=True)[:2]),
    "outgoing_id": of(OutgoingMessage, state="held"),
    "promise_id": lambda: [one for state in Promise.State.values for one in of(Promise, state=state)()],
    "recovery_id": of(RecoveryCase),
    "segment_id": of(Segment),
    "surprise_id": lambda: [
        one for state in ("proposed", "approved", "done") for one in of(Surprise, state=state)()
    ],
    "template_id": of(Template),
    "user_id": of(User),
    "claim_id": of(Promise, kind="claim"),
    "import_id": of(MailImport),
    "provider_id": of(MailProvider),
    "sender_id": of(Sender),
    "brand_logo.file_id": of(Business, "logo_file_id"),
    "brand_css.colour": lambda: ["2f5d50"],
    "contact.token": of(WebForm, "token"),
    "contact_thanks.token": of(WebForm, "token"),
    "contact_thanks.due": lambda: [signing.dumps(int(clock.now().timestamp()), salt="mikomi.contact.thanks")],
    "gallery_example.page": lambda: GALLERY_PAGES,
    "import_mapping.job_id": of(ImportJob, state=ImportJob.State.NEEDS_MAPPING),
    "public_promise.token": lambda: (
        [
            token
            for state in ("open", "at_risk", "broken", "kept")
            for token in of(Promise, "token", state=state, is_internal=False, audience="one")()
        ]
        + [
            *of(Promise, "token", claim__isnull=False, published_at__isnull=False)(),
            *of(Renegotiation, "promise__token", state="asked")(),
        ]
    ),
    "public_promise_mail.token": of(Subscription, "promise__token"),
    "public_promise_mail.key": of(Subscription, "token"),
    "public_promise_mail.act": lambda: ["confirm", "end"],
    "unsubscribe.token": lambda: [
        signing.dumps([*of(Customer)(), "email", "survey"], salt="mikomi.unsubscribe")
    ],
    "public_questionnaire.token": of(Sheet, "token"),
    "public_questionnaire_open.token": of(Questionnaire, "token"),
    "questionnaire_id": of(Questionnaire),
    "public_confirmation.token": of(RecoveryCase, "confirmation_token", asked_at__isnull=False),
    "public_question.token": of(Invitation, "token", skipped=""),
}
"""What stands in an address, by `name_of_address.name` or by the name alone; anything else is 1."""

ELSEWHERE = {
    "welcome": "only an empty installation shows it: walked in the test of the first run",
    "live": "a stream of events",
    "account_signup": "closed: staff are added by an owner",
    "account_email": "closed",
    "account_email_verification_sent": "closed",
    "account_confirm_email": "closed",
    "account_confirm_login_code": "closed",
    "account_inactive": "leads to the sign-in",
    "settings_consent_taken": "a provider of mail leads back to it",
    "conversation_template": "JSON for the composer",
    "set_language": "an act of Django that answers every request by leading back",
    "account_set_password": "for those without a password, whom only the reset link lets in",
    "hook_shopify": "programs call it",
}
MORE = (
    "/?all=1",
    "/nothing-here",
    "/search?q=急須",
    "/search?q=山",
    "/search?q=zzzz",
    "/inbox/?view=all",
    "/inbox/?view=closed",
    "/inbox/?view=snoozed",
    "/promises/?state=broken",
    "/promises/?state=kept",
    "/promises/?state=at_risk",
    "/orders/?view=late",
    "/customers/?q=zzzz",
    "/gallery/?swap=1",
)
"""What addresses alone don't show: lists in other views, nothing found, an error."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the walk and who looks at it: a name of `visitors`."""

    path: str
    visitor: str


@dataclass
class Map:
    """All pages, and what is wrong with addresses that led to none."""

    pages: list[Page]
    complaints: list[str]


def visitors(owner: User) -> dict[str, Client]:
    """Who walks: the owner, a stranger, somebody with a second factor, and one who has only half signed in."""
    found = {name: Client() for name in ("owner", "stranger", "guarded", "half")}
    _sign_in(found["owner"], owner)
    guarded = User.objects.get(email="agent@shop.example")
    secret = generate_totp_secret()
    TOTP.activate(guarded, secret)
    RecoveryCodes.activate(guarded)
    _sign_in(found["half"], guarded)
    _sign_in(found["guarded"], guarded)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    found["guarded"].post(reverse("mfa_authenticate"), {"code": code})
    for name in ("owner", "guarded"):
        found[name].post(reverse("account_reauthenticate"), {"password": demo.PASSWORD})
    key = default_token_generator.make_token(owner)
    link = {"uidb36": user_pk_to_url_str(owner), "key": key}
    found["stranger"].get(reverse("account_reset_password_from_key", kwargs=link))
    return found


def _sign_in(client: Client, user: User) -> None:
    client.post(reverse("account_login"), {"login": user.email, "password": demo.PASSWORD})


def find(owner: User, walkers: dict[str, Client]) -> Map:
    """Ask for every address; sort what comes."""
    found = Map([], [])
    for name, pattern in sorted(addresses()):
        if name in ELSEWHERE:
            continue
        try:
            chosen = paths(name, pattern, owner)
        except LookupError as error:
            found.complaints.append(str(error))
            continue
        for path in chosen:
            who, kind = _asked(path, walkers)
            if kind == "page":
                found.pages.append(Page(path, who))
            elif kind not in ("act", "part", "download"):
                found.complaints.append(f"{name}: {path} answers {kind}; see tests/journeys/pages.py")
    found.pages += [Page(path, "owner") for path in MORE]
    found.pages.append(Page(reverse("mfa_index"), "guarded"))
    return found


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """The named addresses that people open: all but those of the API and of the metrics."""
    yield from _below(get_resolver(), "")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one, address)
        elif one.name and not (address.startswith("api/v1/") and one.name != "api_docs"):
            yield one.name, one


def paths(name: str, pattern: URLPattern, owner: User) -> list[str]:
    """The addresses of this name with values filled in. Raises `LookupError` where the scene holds none."""
    if name == "account_reset_password_from_key":
        uid = user_pk_to_url_str(owner)
        return [reverse(name, kwargs={"uidb36": uid, "key": key}) for key in ("set-password", "no-key")]
    names = list(pattern.pattern.regex.groupindex)
    choices: list[Sequence[object]] = []
    for one in names:
        values = VALUES.get(f"{name}.{one}") or VALUES.get(one)
        chosen = values() if values else [1]
        if not chosen:
            raise LookupError(f"The scene has nothing for <{one}> of {name}: see tests/journeys/scene.py")
        choices.append(chosen)
    return [reverse(name, kwargs=dict(zip(names, row, strict=True))) for row in product(*choices)]


def _asked(path: str, walkers: dict[str, Client]) -> tuple[str, str]:
    """Who gets something there, and what it is."""
    kinds = []
    for who, client in walkers.items():
        kinds.append(kind := _kind(client.get(path)))
        if kind in ("page", "act", "part", "download"):
            return who, kind
    return "", " / ".join(kinds)


def _kind(response: Any) -> str:
    if response.status_code == 405:
        return "act"
    if response.status_code != 200:
        return f"{response.status_code}"
    if not isinstance(response, HttpResponse) or not response["Content-Type"].startswith("text/html"):
        return "download"
    if "sandbox" in response.headers.get("Content-Security-Policy", ""):
        return "part"  # a stranger's mail, which stands in a frame of the conversation
    return "page" if b"<html" in response.content else "part"
