"""Where messages arrive and leave: mailboxes, their cursors, every raw arrival, contact forms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """An e-mail account of the business. The passwords are kept sealed (core.secrets).

    `poll_error` and `send_error` hold a problem as `code: what the server said` (`email/problems.py` puts it in words).
    """

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none (only on this machine)")
        FOLDER = "folder", _("no server: letters are kept in a folder (to try things out)")

    class Protocol(models.TextChoices):
        IMAP = "imap", _("IMAP")
        POP3 = "pop3", _("POP3")

    class SignIn(models.TextChoices):
        PASSWORD = "password", _("a password")
        CONSENT = "consent", _("consent at the provider (OAuth2)")

    class AfterReading(models.TextChoices):
        KEEP = "keep", _("leave it as it is")
        SEEN = "seen", _("mark it as read (IMAP)")
        DELETE = "delete", _("delete it (POP3)")

    address = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=200, blank=True)
    signature = models.TextField(blank=True)
    team = models.ForeignKey("business.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    sign_in = models.CharField(
        max_length=8,
        choices=SignIn.choices,
        default=SignIn.PASSWORD,
        help_text="For reading and for sending.",
    )
    protocol = models.CharField(
        max_length=4, choices=Protocol.choices, default=Protocol.IMAP, help_text="What `imap_host` speaks."
    )
    imap_host = models.CharField(max_length=255, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    imap_user = models.CharField(max_length=254, blank=True)
    imap_secret = models.TextField(blank=True)
    folders: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list, help_text="Empty: INBOX."
    )
    after_reading = models.CharField(
        max_length=8,
        choices=AfterReading.choices,
        default=AfterReading.KEEP,
        help_text="What is done to the server's copy once the message is stored here.",
    )
    smtp_host = models.CharField(max_length=255, blank=True)
    smtp_port = models.PositiveIntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    smtp_user = models.CharField(max_length=254, blank=True)
    smtp_secret = models.TextField(blank=True)
    uses_plus_addresses = models.BooleanField(
        default=False,
        help_text="The server delivers name+anything@… to name@…: replies carry a signed token.",
    )
    trusted_authserv = models.CharField(
        max_length=253,
        blank=True,
        help_text="Name under which the mailbox's own server writes Authentication-Results; only that one is believed.",
    )
    is_active = models.BooleanField(default=True)
    backfill_until = models.DateTimeField(
        null=True, help_text="Messages that arrived before this are history: nothing follows."
    )
    polled_at = models.DateTimeField(null=True, help_text="The last good poll: the heartbeat.")
    poll_error = models.TextField(blank=True)
    failing_since = models.DateTimeField(null=True)
    poll_failures = models.PositiveIntegerField(default=0, help_text="In a row; the pause grows with them.")
    next_poll_at = models.DateTimeField(null=True, help_text="Empty: at once.")
    claimed_by = models.CharField(max_length=64, blank=True, help_text="The worker that polls it now.")
    listener = models.CharField(max_length=64, blank=True, help_text="The worker that listens to it (IDLE).")
    listening_since = models.DateTimeField(null=True, help_text="Empty: the server says nothing by itself.")
    news_at = models.DateTimeField(
        null=True, help_text="A visit that began before this is followed by another."
    )
    send_error = models.TextField(blank=True)
    send_failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.address


class MailProvider(models.Model):
    """This installation as it is registered with a provider of mail: what OAuth2 calls a client."""

    class Kind(models.TextChoices):
        MICROSOFT = "microsoft", "Microsoft 365"
        GOOGLE = "google", "Gmail, Google Workspace"
        OTHER = "other", _("another provider")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=100)
    client_id = models.CharField(max_length=255)
    client_secret = models.TextField(blank=True, help_text="Sealed. Empty: a public client (PKCE alone).")
    tenant = models.CharField(
        max_length=100, blank=True, help_text="Microsoft only. Empty: any organisation."
    )
    authorize_url = models.CharField(max_length=500, blank=True, help_text="Only of another provider.")
    token_url = models.CharField(max_length=500, blank=True, help_text="Only of another provider.")
    scopes = models.CharField(max_length=500, blank=True, help_text="Only of another provider.")

    def __str__(self) -> str:
        return self.name


class MailConsent(models.Model):
    """That a mailbox may be used without its password: the provider's tokens, sealed, and the request for them."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="consent")
    provider = models.ForeignKey(MailProvider, on_delete=models.PROTECT, related_name="consents")
    state = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what the provider will return.")
    verifier = models.TextField(blank=True, help_text="Sealed (PKCE).")
    asked_at = models.DateTimeField(null=True)
    asked_by_id = models.BigIntegerField(null=True)
    access = models.TextField(blank=True, help_text="Sealed.")
    refresh = models.TextField(blank=True, help_text="Sealed.")
    expires_at = models.DateTimeField(null=True, help_text="Of the access token.")
    connected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="Since when the provider refuses: connect again.")
    problem = models.TextField(blank=True, help_text="What the provider said.")
    renewing_until = models.DateTimeField(null=True, help_text="One process renews the token, others wait.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state"], name="mail_consent_state")]


class MailImport(models.Model):
    """A file of old mail that is taken in: .eml, mbox, or a ZIP of these or of Maildir folders."""

    class State(models.TextChoices):
        RUNNING = "running", _("being imported")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="imports")
    file = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+",
        help_text="Empty: read from a path, or done and let go.",
    )  # fmt: skip
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    bytes_total = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    items_done = models.IntegerField(default=0, help_text="Where it goes on after a break.")
    taken_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    refused: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list)
    error = models.TextField(blank=True)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class FolderCursor(models.Model):
    """How far a folder has been read: (mailbox, folder, UIDVALIDITY, UID), never flags or dates.

    Another UIDVALIDITY makes another row, which begins at 0: the folder is read again from the start.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="cursors")
    folder = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)
    server_count = models.IntegerField(null=True, help_text="Messages in the folder at `checked_at`.")
    checked_at = models.DateTimeField(null=True)
    is_current = models.BooleanField(default=True, help_text="False: the server has renumbered the folder.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mailbox", "folder", "uid_validity"], name="folder_cursor_once")
        ]


class Intake(models.Model):
    """One raw arrival, stored before anything is made of it. It ends in exactly one state.

    When a customer is erased their raw arrivals lose their bytes, but keep hash and UID: the tombstone by which
    the next poll knows them again.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        FILED = "filed", _("in a conversation")
        QUARANTINED = "quarantined", _("quarantined")
        IGNORED = "ignored", _("ignored")

    channel = models.CharField(max_length=16, help_text="A name in channels/registry.py.")
    source = models.CharField(max_length=64, help_text="Which of the channel's: mailbox id, form id, sender.")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, null=True, related_name="intakes")
    mail_import = models.ForeignKey(
        MailImport, on_delete=models.SET_NULL, null=True, related_name="intakes", help_text="It is history."
    )
    message_id = models.CharField(max_length=250, help_text="Made from the hash when the message has none.")
    raw = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    raw_sha256 = models.CharField(max_length=64)
    raw_size = models.BigIntegerField(default=0)
    received_at = models.DateTimeField(help_text="When it was stored here.")
    arrived_at = models.DateTimeField(null=True, help_text="When the business's server got it, if it says.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=64, blank=True, help_text="Code: why ignored or quarantined.")
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Workers that died while they read it.")
    next_attempt_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    parser_version = models.PositiveSmallIntegerField(default=0)
    conversation_id = models.BigIntegerField(null=True, db_index=True)
    same_id_other_content = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="from, subject, outgoing_id, defects: for the lists of arrivals."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "source", "message_id", "raw_sha256"], name="intake_once"
            ),
            models.UniqueConstraint(
                fields=["source", "message_id"], name="intake_api_once", condition=Q(channel="api")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["message_id"], name="intake_message_id"),
            models.Index(fields=["raw_sha256"], name="intake_hash"),
            models.Index(fields=["id"], name="intake_waiting", condition=Q(state="received")),
            models.Index(fields=["id"], name="intake_today", condition=Q(state="received", mail_import=None)),
            models.Index(fields=["-id"], name="intake_caught", condition=Q(state="quarantined")),
        ]


class ServerCopy(models.Model):
    """One message number of a folder, and the arrival it was. Two copies of one message are one arrival."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="copies")
    folder = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField(help_text="POP3 has no numbers that last: given here, by `uidl`.")
    uidl = models.CharField(max_length=70, blank=True, help_text="POP3's own mark of the message (RFC 1939).")
    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, null=True, related_name="copies")
    error = models.TextField(blank=True, help_text="Why the server could not hand it out; no arrival then.")
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, help_text="Since when the server has it no more.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailbox", "folder", "uid_validity", "uid"], name="server_copy_once"
            ),
            models.UniqueConstraint(
                fields=["mailbox", "uidl"],
                name="server_copy_uidl_once",
                condition=~Q(uidl="") & Q(gone_at=None),
            ),
        ]


class WebForm(models.Model):
    """A public contact form: plain words, no long form."""

    token = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    intro = models.TextField(blank=True)
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Answers go out from it."
    )
    team = models.ForeignKey("business.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Sender(models.Model):
    """A further address that answers come from, by the server of a mailbox. The mailbox is its own first sender."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="senders")
    address = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=200, blank=True)
    signature = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.address


class DkimKey(models.Model):
    """The key by which mails of a domain are signed (RFC 6376). Its public half stands in the domain's DNS."""

    domain = models.CharField(max_length=253, unique=True)
    selector = models.CharField(max_length=63)
    secret = models.TextField(help_text="Sealed; PEM.")
    record = models.TextField(help_text="What the DNS must hold at selector._domainkey.domain.")
    is_active = models.BooleanField(default=True, help_text="False: made, but not signed with yet.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"
