"""The desk: conversations, messages, templates, response standards, recovery cases."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mikomi.core.changes import Changing


class Conversation(Changing):
    """One matter with one customer, whatever the channels it runs over."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SNOOZED = "snoozed", _("snoozed")
        CLOSED = "closed", _("closed")

    class Severity(models.TextChoices):
        URGENT = "urgent", _("urgent")
        HIGH = "high", _("high")
        NORMAL = "normal", _("normal")
        LOW = "low", _("low")

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="conversations")
    subject = models.CharField(max_length=500, blank=True)
    channel = models.CharField(max_length=16, help_text="Where it began.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.NORMAL)
    language = models.CharField(max_length=8, default="ja")
    brand_id = models.BigIntegerField(null=True)
    team = models.ForeignKey(
        "business.Team", on_delete=models.SET_NULL, null=True, related_name="conversations"
    )
    assignee_id = models.BigIntegerField(null=True)
    sender_key = models.CharField(
        max_length=64, blank=True, help_text="The mailbox that answers go out from."
    )
    created_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    excerpt = models.CharField(max_length=200, blank=True, help_text="Of the newest message, for the list.")
    waiting_since = models.DateTimeField(null=True, help_text="Since when the customer waits for us.")
    answer_due_at = models.DateTimeField(
        null=True, help_text="Of the promise of an answer; for the list's order."
    )
    first_answered_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    message_count = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(
        null=True, help_text="A tombstone: the next poll does not bring it back."
    )
    joined_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        related_name="joined",
        help_text="A person joined it into this one; what would have come here goes there.",
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["answer_due_at", "id"],
                name="conversation_due",
                condition=Q(answer_due_at__isnull=False),
            ),
            models.Index(fields=["state", "-last_message_at", "-id"], name="conversation_list"),
            models.Index(
                fields=["assignee_id", "state", "-last_message_at", "-id"], name="conversation_mine"
            ),
            models.Index(fields=["team", "state", "-last_message_at", "-id"], name="conversation_team"),
            models.Index(fields=["customer", "-last_message_at", "-id"], name="conversation_customer"),
            models.Index(fields=["snoozed_until"], name="conversation_snoozed", condition=Q(state="snoozed")),
            models.Index(
                fields=["state", "team", "assignee_id", "answer_due_at"],
                name="conversation_counts",
                condition=Q(closed_at=None, deleted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Message(models.Model):
    """One message or note. Text is stored whole; what is folded is folded in the view."""

    class Direction(models.TextChoices):
        IN = "in", _("from the customer")
        OUT = "out", _("from us")
        NOTE = "note", _("internal note")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    channel = models.CharField(max_length=16)
    author_id = models.BigIntegerField(null=True, help_text="The user, for messages from us and notes.")
    from_name = models.CharField(max_length=300, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True, help_text="As received; shown only cleaned, in a frame of its own.")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    intake_id = models.BigIntegerField(null=True, unique=True, help_text="The raw arrival it was made from.")
    message_id = models.CharField(max_length=250, blank=True, db_index=True)
    outgoing = models.OneToOneField(
        "outbox.OutgoingMessage", on_delete=models.SET_NULL, null=True, related_name="message"
    )
    promise = models.ForeignKey(
        "promises.Promise", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+",
        help_text="On whose page the customer wrote it.",
    )  # fmt: skip
    is_automatic = models.BooleanField(
        default=False, help_text="A machine wrote it: never answered automatically."
    )
    template_key = models.CharField(max_length=64, blank=True, help_text="The template it was begun from.")
    handling_seconds = models.PositiveIntegerField(
        null=True,
        help_text="How long its author had the conversation open for it; none where no page said so.",
    )
    marks: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict,
        help_text="What its channel found out: authentication, security, invitations, nested (records.Marks).",
    )

    class Meta:
        ordering: ClassVar = ["sent_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "sent_at", "id"], name="message_conversation"),
            models.Index(fields=["promise"], name="message_promise", condition=Q(promise__isnull=False)),
        ]


class Presence(models.Model):
    """Somebody has a conversation open; true for as long as their page says so again."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False, related_name="+")
    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_index=True)
    writing_at = models.DateTimeField(null=True)
    worked_seconds = models.FloatField(default=0.0, help_text="Had it open since their last answer in it.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="presence_once")
        ]


class Attachment(models.Model):
    """A part of a message; a refused one is listed with its reason."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=500)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    content_id = models.CharField(max_length=250, blank=True)
    refused = models.CharField(max_length=64, blank=True)


class DraftFile(models.Model):
    """A file that a colleague has put beside an answer not sent yet. It goes with the answer, or after two days."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="draft_files")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    author_id = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["conversation", "author_id", "id"], name="draft_file_of"),
            models.Index(fields=["added_at"], name="draft_file_age"),
        ]


class Regrouping(models.Model):
    """A person split messages off into a conversation of their own, or joined two. The row undoes it."""

    class Kind(models.TextChoices):
        SPLIT = "split", _("split off")
        JOINED = "joined", _("joined")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="given_away")
    target = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="taken_in")
    message_ids: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="What the undoing needs: recovery_ids, state."
    )
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class ResponseStandard(models.Model):
    """How soon a customer gets the first answer. Where the business is never open, plain time counts."""

    class Unit(models.TextChoices):
        MINUTES = "minutes", _("minutes")
        WORKING_MINUTES = "working_minutes", _("working minutes")
        WORKING_DAYS = "working_days", _("working days")

    channel = models.CharField(max_length=16, blank=True, help_text="Empty: every channel.")
    severity = models.CharField(
        max_length=8, choices=Conversation.Severity.choices, blank=True, help_text="Empty: every severity."
    )
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=16, choices=Unit.choices, default=Unit.WORKING_MINUTES)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "severity"], name="standard_once")
        ]


class DeskPolicy(models.Model):
    """What the business has decided about its desk: one row, or none for the defaults."""

    confirmation_wait_days = models.PositiveSmallIntegerField(
        default=5, help_text="Working days that a recovery waits for the customer's word once asked."
    )
    question_after_minutes = models.PositiveSmallIntegerField(
        default=30,
        help_text="How long after closing the question goes out; reopened before, it is not asked.",
    )
    question_every_days = models.PositiveSmallIntegerField(
        default=30, help_text="A customer is asked how it went at most once in so many days."
    )
    undo_seconds = models.PositiveSmallIntegerField(
        default=8, help_text="So long an answer written in the composer can be taken back before it leaves."
    )


class Template(models.Model):
    """A text with fill-in fields for one purpose and language; edited by the business, shipped with good defaults."""

    key = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    is_archived = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["title", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "language"], name="template_once")]


class RecoveryCase(Changing):
    """A broken promise being made good: cause, apology, remedy, prevention, follow-up, confirmation."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ASKED = "asked", _("asked whether it is solved")
        CLOSED = "closed", _("closed")

    class Cause(models.TextChoices):
        PEOPLE = "people", _("people")
        PROCESS = "process", _("process")
        STOCK = "stock", _("stock")
        CARRIER = "carrier", _("carrier")
        UNREALISTIC = "unrealistic", _("the promise was unrealistic")
        INFORMATION = "information", _("wrong information")
        OTHER = "other", _("other")

    class Outcome(models.TextChoices):
        SOLVED = "solved", _("the customer says it is solved")
        UNANSWERED = "unanswered", _("asked, and waited without an answer")
        NOT_SOLVED = "not_solved", _("not solved")

    promise = models.OneToOneField(
        "promises.Promise", on_delete=models.CASCADE, null=True, related_name="recovery"
    )
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="recoveries")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="recoveries")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    owner_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True)
    cause_note = models.TextField(blank=True)
    apologised_at = models.DateTimeField(null=True)
    prevention = models.TextField(blank=True)
    prevention_owner_id = models.BigIntegerField(null=True)
    prevention_due = models.DateField(null=True)
    prevention_done_at = models.DateTimeField(null=True)
    follow_up_at = models.DateTimeField(null=True)
    follow_up_noticed_at = models.DateTimeField(null=True, help_text="When the sweep said that it is due.")
    follow_up_done_at = models.DateTimeField(null=True)
    confirmation_token = models.CharField(max_length=32, unique=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    cost_minor = models.BigIntegerField(
        default=0, help_text="Of the remedies granted; minor units of `currency`."
    )
    currency = models.CharField(max_length=3, default="JPY")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "follow_up_at", "id"], name="recovery_open"),
            models.Index(fields=["customer", "-opened_at"], name="recovery_customer"),
            models.Index(fields=["opened_at", "cause"], name="recovery_cause"),
            models.Index(
                fields=["prevention_owner_id", "prevention_due", "id"],
                name="recovery_prevention",
                condition=Q(prevention_done_at=None, prevention_due__isnull=False),
            ),
        ]


class RecoveryGuide(models.Model):
    """What the business usually does about broken promises of one cause: proposed on the case, never done by itself."""

    cause = models.CharField(max_length=12, choices=RecoveryCase.Cause.choices, unique=True)
    remedy_kind = models.CharField(max_length=12, blank=True, help_text="One of `Remedy.Kind`, or none.")
    remedy_minor = models.BigIntegerField(default=0, help_text="In the business's currency.")
    follow_up_days = models.PositiveSmallIntegerField(
        default=3, help_text="Days after the cause is known; 0: no follow-up."
    )
    prevention = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["cause"]


class Remedy(models.Model):
    """Something granted to make good."""

    class Kind(models.TextChoices):
        REFUND = "refund", _("refund")
        DISCOUNT = "discount", _("discount")
        POINTS = "points", _("points")
        REPLACEMENT = "replacement", _("replacement")
        FREE_SERVICE = "free_service", _("free service")

    case = models.ForeignKey(RecoveryCase, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount_minor = models.BigIntegerField(help_text="What it costs us.")
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True)
    granted_by_id = models.BigIntegerField()
    granted_at = models.DateTimeField()
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
