"""People who sign in, programs with tokens, limits of remedies, and the log of who did what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import SEE_ALL_TEAMS, Permission, Role, permissions_of


class UserManager(BaseUserManager["User"]):
    """Users by their e-mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A member of the staff. Customers are never users."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=[(role.value, role.value) for role in Role])
    language = models.CharField(_("language"), max_length=8, default="ja")
    teams: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "business.Team", blank=True, related_name="members"
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name shown to colleagues."""
        return self.name

    def as_actor(self) -> Actor:
        """This person as the actor of an operation; one query for the teams of an agent."""
        sees_all = self.role in SEE_ALL_TEAMS
        teams = frozenset[int]() if sees_all else frozenset(self.teams.values_list("id", flat=True))
        return Actor(self.pk, self.role, permissions_of(self.role), str(self), teams, sees_all)


class Absence(models.Model):
    """Days on which somebody of the staff is not at work. Why is nobody's business here."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering: ClassVar = ["first_day", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="absence_begins_first"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["last_day"], name="absence_until")]


class RemedyLimit(models.Model):
    """What a role may grant without approval: one amount per case, in the minor unit of the currency."""

    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "currency"], name="remedy_limit_once")
        ]


class ApiToken(models.Model):
    """A program's key. Only its hash is kept; its rights are its scopes ∩ the rights of its user."""

    name = models.CharField(max_length=100)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def as_actor(self) -> Actor:
        """The program as the actor of an operation."""
        person = self.user.as_actor()
        rights = frozenset(right for right in person.permissions if right.value in set(self.scopes))
        return Actor(person.user_id, person.role, rights, self.name, person.team_ids, person.sees_all_teams)


class AccessLog(models.Model):
    """Who looked, exported, signed in, changed rights. Not an event: nothing follows from it. Never edited."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=32, blank=True)
    subject_id = models.BigIntegerField(null=True)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "id"], name="access_log_user"),
            models.Index(fields=["subject_type", "subject_id"], name="access_log_subject"),
        ]


class Look(models.Model):
    """Somebody looked at somebody's data: one row per person, subject, way and hour. Not an event, not an act."""

    class Way(models.TextChoices):
        PAGE = "page", _("on the page")
        API = "api", _("by a program")

    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    subject_type = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    way = models.CharField(max_length=4, choices=Way.choices)
    hour = models.BigIntegerField(
        help_text="Hours since 1970: who looks again within one is not noted again."
    )
    at = models.DateTimeField(help_text="The first look of that hour.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "user", "way", "hour"], name="look_once_an_hour"
            )
        ]


__all__ = ["AccessLog", "ApiToken", "Look", "Permission", "RemedyLimit", "User"]
