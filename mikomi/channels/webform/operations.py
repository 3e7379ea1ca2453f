"""A visitor sends the contact form: checked, stored raw, then made a message at once if that works."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _

from mikomi.channels import letters
from mikomi.channels.letters import Letter, LetterFile
from mikomi.channels.models import Intake, WebForm
from mikomi.channels.processing import process_now
from mikomi.channels.webform import rules
from mikomi.conversations.models import Conversation
from mikomi.conversations.queries.standards import AnswerClock
from mikomi.core import clock
from mikomi.core.files import operations as files
from mikomi.core.text import clean_single_line
from mikomi.customers.rules.identities import email_value

CHANNEL = "webform"
STAMP_SECONDS = 24 * 3600


class FormRefusedError(ValueError):
    """Something has to be put right first. `errors`: by field, a sentence in the reader's language."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class TooManyError(ValueError):
    """Too many messages from one address within a short time. Nothing was stored."""

    def __init__(self) -> None:
        super().__init__(
            _("Many messages have come from your connection just now. Please try again in ten minutes.")
        )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the visitor."""

    name: str
    content_type: str
    size: int
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Submission:
    """What the visitor typed. `trap`: the field that people don't see. `stamp`: from `new_stamp`. `caller`: address."""

    name: str
    email: str
    text: str
    phone: str = ""
    files: Sequence[Upload] = ()
    language: str = ""
    trap: str = ""
    stamp: str = ""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The message is stored. `answer_due_at`: when the visitor gets an answer at the latest."""

    intake_id: int
    answer_due_at: datetime


def new_stamp(form: WebForm) -> str:
    """A signed mark for one showing of the form: when it was shown, and a key that makes a double click one message."""
    value = {"key": secrets.token_hex(12), "at": clock.now().timestamp()}
    return signing.dumps(value, salt=_salt(form))


def _salt(form: WebForm) -> str:
    return f"mikomi.webform.{form.token}"


def submit(*, token: str, submission: Submission) -> Receipt:
    """Take a visitor's message. It is stored before anything else is done with it; the same page sends it once.

    What looks like a program's work is stored all the same, and waits for a person. Raises `WebForm.DoesNotExist`,
    `FormRefusedError`, `TooManyError`.
    """
    form = WebForm.objects.get(token=token, is_active=True)
    key, shown_at = _read_stamp(form, submission.stamp)
    if errors := _errors(submission, stamped=bool(key)):
        raise FormRefusedError(errors)
    _count(form, submission.caller)
    suspicion = rules.suspicion(submission.trap, shown_at, clock.now().timestamp())
    intake = letters.store(
        channel=CHANNEL,
        source=str(form.pk),
        message_id=key,
        letter=_letter(submission),
        detail={"suspicion": suspicion} if suspicion else {},
    )
    if intake.state == Intake.State.RECEIVED:
        intake = process_now(intake)
    return Receipt(intake.pk, _answer_due(intake))


def _read_stamp(form: WebForm, stamp: str) -> tuple[str, float]:
    try:
        value = signing.loads(stamp, salt=_salt(form), max_age=STAMP_SECONDS)
    except signing.BadSignature:
        return "", 0.0
    return value["key"], value["at"]


def _errors(submission: Submission, *, stamped: bool) -> dict[str, str]:
    """What has to be put right, by field."""
    found: dict[str, str] = {}
    if len(submission.name) > rules.LONGEST_NAME:
        found["name"] = _("Please write a shorter name (at most %(most)s characters).") % {
            "most": rules.LONGEST_NAME
        }
    if not email_value(submission.email):
        found["email"] = (
            _("This doesn't look like an e-mail address. We need it to answer you.")
            if submission.email.strip()
            else _("Please write your e-mail address. We need it to answer you.")
        )
    if len(submission.phone) > rules.LONGEST_PHONE:
        found["phone"] = _("This doesn't look like a telephone number.")
    if not submission.text.strip():
        found["text"] = _("Please write what it is about.")
    elif len(submission.text) > rules.LONGEST_TEXT:
        found["text"] = _("Please write at most %(most)s characters.") % {"most": rules.LONGEST_TEXT}
    if wrong := _wrong_files(submission.files):
        found["files"] = wrong
    if not stamped:
        found["form"] = _(
            "The page was open for too long. Please send it once more; what you typed is still here."
        )
    return found


def _wrong_files(uploads: Sequence[Upload]) -> str:
    if len(uploads) > rules.MOST_FILES:
        return _("Please send at most %(most)s files.") % {"most": rules.MOST_FILES}
    large = [item.name for item in uploads if item.size > rules.LARGEST_FILE]
    if large:
        megabytes = rules.LARGEST_FILE // 1_000_000
        return _("%(name)s is too large: at most %(most)s MB.") % {"name": large[0][:100], "most": megabytes}
    return ""


def _count(form: WebForm, caller: str) -> None:
    """Count this message of an address (kept as a hash only). Raises `TooManyError`."""
    window = int(clock.now().timestamp() // rules.WINDOW_SECONDS)
    digest = hashlib.sha256(f"{form.pk}:{caller}".encode()).hexdigest()[:32]
    key = f"webform:{digest}:{window}"
    count = int(cache.get(key, 0)) + 1
    if count > rules.MOST_PER_WINDOW:
        raise TooManyError
    cache.set(key, count, timeout=2 * rules.WINDOW_SECONDS)


def _letter(submission: Submission) -> Letter:
    return Letter(
        name=submission.name.strip(),
        email=submission.email.strip(),
        phone=submission.phone.strip(),
        text=submission.text,
        language=submission.language,
        files=tuple(_stored(upload) for upload in submission.files),
    )


def _stored(upload: Upload) -> LetterFile:
    file = files.store(upload.stream, upload.content_type)
    name = clean_single_line(upload.name, 255) or "file"
    return LetterFile(file.pk, name, file.content_type, file.size)


def _answer_due(intake: Intake) -> datetime:
    """The moment that the ledger has promised; before the message is filed, the one it will promise."""
    rows = Conversation.objects.filter(pk=intake.conversation_id or 0)
    due = rows.values_list("answer_due_at", flat=True).first()
    return due or AnswerClock().due(CHANNEL, Conversation.Severity.NORMAL, intake.received_at)
