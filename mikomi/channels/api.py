"""Messages that other programs hand in: stored raw first, each once by the caller's own id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mikomi.channels import letters
from mikomi.channels.letters import Letter, LetterFile
from mikomi.channels.models import Intake
from mikomi.channels.processing import process_now
from mikomi.channels.registry import Channel, Read
from mikomi.channels.verdicts import File, Ignore, Verdict
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission

LONGEST_ID = 200
LONGEST_TEXT = 200_000
_SOURCE = re.compile(r"[A-Za-z0-9_\-]{1,32}")


class MessageRefusedError(ValueError):
    """What was handed in can't be taken. `field` says what is wrong with which."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class SameIdOtherContentError(ValueError):
    """This id was handed in before, with other content. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("A message with this id was handed in before, with other content."))


def receive(
    *,
    actor: Actor,
    source: str,
    external_id: str,
    text: str,
    name: str = "",
    email: str = "",
    phone: str = "",
    subject: str = "",
    language: str = "",
    sent_at: datetime | None = None,
    external_person_id: str = "",
    files: Sequence[LetterFile] = (),
) -> Intake:
    """Take a message of a customer from a program; the same (`source`, `external_id`) is taken once.

    The arrival that it answers is committed, and filed unless the database is in trouble; the worker ends what is
    left. `source`: a short code of the calling system; `external_person_id`: its id of the customer. Call it
    outside transactions. Raises `NotAllowedError`, `MessageRefusedError`, `SameIdOtherContentError`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    letter = Letter(
        name=name,
        email=email,
        phone=phone,
        text=text,
        subject=subject,
        language=language,
        sent_at=sent_at.isoformat() if sent_at else "",
        external_ids=((source, external_person_id),) if external_person_id else (),
        files=tuple(files),
    )
    _refuse_wrong(source, external_id, letter)
    intake = _stored(source, external_id, letter)
    return process_now(intake) if intake.state == Intake.State.RECEIVED else intake


def _refuse_wrong(source: str, external_id: str, letter: Letter) -> None:
    if not 1 <= len(external_id) <= LONGEST_ID or "\0" in external_id:
        text = _("An id of 1 to %(most)s characters is needed.") % {"most": LONGEST_ID}
        raise MessageRefusedError("external_id", text)
    if not _SOURCE.fullmatch(source):
        raise MessageRefusedError("source", _("The source must be a short code such as 'shop'."))
    if not letter.text.strip() or len(letter.text) > LONGEST_TEXT:
        text = _("A text of 1 to %(most)s characters is needed.") % {"most": LONGEST_TEXT}
        raise MessageRefusedError("text", text)
    if not (letter.email or letter.phone or letter.external_ids):
        raise MessageRefusedError(
            "person", _("Say who wrote: an e-mail address, a telephone number or an id.")
        )


def _stored(source: str, external_id: str, letter: Letter) -> Intake:
    known = Intake.objects.filter(channel="api", source=source, message_id=external_id)
    try:
        intake = known.first() or letters.store(
            channel="api", source=source, message_id=external_id, letter=letter
        )
    except IntegrityError:  # somebody else has just handed in the same id
        intake = known.get()
    if intake.raw_sha256 != letter.sha256:
        raise SameIdOtherContentError
    return intake


@contextmanager
def reading() -> Iterator[Read]:
    """The reader of what programs handed in."""
    yield verdict_of


def verdict_of(intake: Intake) -> Verdict:
    """Into a conversation."""
    letter = letters.read_letter(intake)
    if letter is None:
        return Ignore("erased")
    message = letters.incoming(intake, letter, team_id=None, sender_key="")
    return File(message, parser_version=letters.VERSION)


CHANNEL = Channel("api", gettext_lazy("Interface"), answers_by="email", reading=reading)
