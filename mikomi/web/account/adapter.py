"""How allauth meets Mikomi: nobody signs up, sign-ins and failures are logged, mail goes by the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mikomi.core import secrets
from mikomi.core.access import operations as access
from mikomi.core.access.actor import SYSTEM
from mikomi.core.access.models import User
from mikomi.outbox import operations as outbox
from mikomi.outbox.records import NewMessage


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff are added by an owner; the sign-up pages stay closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        access.log("signed_in", user_id=user.pk, address=self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            access.log("signed_out", user_id=request.user.pk, address=self.get_client_ip(request))
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        known = (
            User.objects.filter(email__iexact=credentials.get("email", ""))
            .values_list("pk", flat=True)
            .first()
        )
        access.log("sign_in_failed", user_id=known, address=self.get_client_ip(request))

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        access.log("password.changed", user_id=user.pk, subject_type="user", subject_id=user.pk)

    def reauthenticate(self, user: User, password: str) -> bool:
        """By the address itself: staff have no separate table of addresses."""
        return bool(self.authenticate(self.request, email=user.email, password=password) == user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the reset of a password is sent; it leaves through the outbox like everything else."""
        if not template_prefix.endswith("password_reset_key"):
            return
        text = _(
            "Somebody, probably you, asked for a new password for Mikomi.\n\n"
            "Choose it here:\n%(link)s\n\nIf it wasn't you, ignore this message: nothing has changed."
        ) % {"link": context["password_reset_url"]}
        message = NewMessage(
            customer_id=None, purpose="staff", channel="email", to_address=email, to_name=str(context["user"]),
            language=context["user"].language, subject=_("A new password for Mikomi"), text=text,
        )  # fmt: skip
        outbox.post(actor=SYSTEM, message=message)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of the second factor sealed in the database, and logs when it is switched on or off."""

    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text)

    def send_notification_mail(self, template_prefix: str, user: User, *_args: Any, **_more: Any) -> None:
        """Not mailed but logged: `mfa/email/totp_activated` → `mfa.totp_activated`."""
        action = "mfa." + template_prefix.rsplit("/", 1)[-1]
        access.log(action, user_id=user.pk, subject_type="user", subject_id=user.pk)
