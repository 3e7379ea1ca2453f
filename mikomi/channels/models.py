"""Where messages arrive and leave: mailboxes, their cursors, and every raw arrival."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """An e-mail account of the business. The password is kept encrypted (core.secrets)."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none (only on this machine)")

    address = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=200, blank=True)
    signature = models.TextField(blank=True)
    team = models.ForeignKey("business.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    imap_host = models.CharField(max_length=255, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    imap_user = models.CharField(max_length=254, blank=True)
    imap_secret = models.TextField(blank=True)
    folders: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="Empty: INBOX."
    )
    smtp_host = models.CharField(max_length=255, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    smtp_user = models.CharField(max_length=254, blank=True)
    smtp_secret = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    backfill_until = models.DateTimeField(
        null=True, help_text="Messages sent before this are history: nothing follows."
    )
    polled_at = models.DateTimeField(null=True, help_text="The last good poll: the heartbeat.")
    poll_error = models.TextField(blank=True)
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.address


class FolderCursor(models.Model):
    """How far a folder has been read: (mailbox, folder, UIDVALIDITY, UID), never flags or dates."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="cursors")
    folder = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)
    server_count = models.IntegerField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailbox", "folder", "uid_validity"], name="folder_cursor_once")
        ]


class Intake(models.Model):
    """One raw arrival, stored before anything is made of it. It ends in exactly one state."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        FILED = "filed", _("in a conversation")
        QUARANTINED = "quarantined", _("quarantined")
        IGNORED = "ignored", _("ignored")

    channel = models.CharField(max_length=16, help_text="email, webform, api")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, null=True, related_name="intakes")
    folder = models.CharField(max_length=255, blank=True)
    uid_validity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=250, help_text="Made from the hash when the message has none.")
    raw = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    raw_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=64, blank=True, help_text="Code: why ignored or quarantined.")
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    parser_version = models.PositiveSmallIntegerField(default=0)
    conversation_id = models.BigIntegerField(null=True, db_index=True)
    same_id_other_content = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=64, blank=True)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "mailbox", "message_id", "raw_sha256"],
                name="intake_once",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mailbox", "folder", "uid_validity", "uid"], name="intake_uid"),
            models.Index(fields=["message_id"], name="intake_message_id"),
            models.Index(
                fields=["id"], name="intake_unfinished", condition=Q(state__in=["received", "quarantined"])
            ),
        ]


class WebForm(models.Model):
    """A public contact form: plain words, no long form."""

    token = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    intro = models.TextField(blank=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, null=True, related_name="+")
    team = models.ForeignKey("business.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
