"""Promises in what is being written: offered, never in the way; and what is challenged before sending."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mikomi.conversations import queries as conversations
from mikomi.conversations.models import Message
from mikomi.conversations.operations import record_promises
from mikomi.conversations.records import PromiseInAnswer
from mikomi.core.access.rules import Permission
from mikomi.promises import operations as ledger
from mikomi.promises import queries
from mikomi.web.inbox.forms import LONGEST_MESSAGE, WriteForm
from mikomi.web.staff import StaffRequest, staff_page

FIELD, REASON = "captured", "challenge_reason"


@require_POST
@staff_page
def capture(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """What the draft promises, under the composer. Nothing is written."""
    row = conversations.conversation(actor=request.actor, conversation_id=conversation_id)
    context = capture_context(request) | {"language_written": row.language}
    return render(request, "inbox/capture.jinja", context)


def capture_context(request: StaffRequest) -> dict[str, object]:
    """The offers and challenges of what was typed, with what was ticked and explained so far."""
    text = request.POST.get("body", "")
    looked = None
    if request.POST.get("kind", "reply") == "reply" and 0 < len(text) <= LONGEST_MESSAGE:
        looked = _look(request, text)
    return {
        "draft": looked,
        "ticked": set(request.POST.getlist(FIELD)),
        "challenge_reason": request.POST.get(REASON, ""),
    }


def _look(request: StaffRequest, text: str) -> queries.Draft | None:
    if not request.actor.may(Permission.PROMISES_RECORD):
        return None
    return queries.draft(actor=request.actor, text=text)


def is_unexplained(request: StaffRequest, form: WriteForm) -> bool:
    """Whether an answer is challenged and no reason was given; the form then says so."""
    looked = _look(request, form.cleaned_data["body"])
    if looked is None or not looked.is_challenged or request.POST.get(REASON, "").strip():
        return False
    form.add_error("body", _("Change what is challenged below, or say why you send it all the same."))
    return True


def keep(request: StaffRequest, message: Message, response: HttpResponse) -> HttpResponse:
    """After the answer was sent: record the promises that were ticked, and why challenged words went out. What was
    found and not ticked is offered once more on the page that `response` leads to."""
    looked = _look(request, message.text)
    if looked is None:
        return response
    ticked = set(request.POST.getlist(FIELD))
    _record(request, message.conversation_id, [one for one in looked.offers if one.key in ticked])
    if looked.is_challenged:
        _explain(request, message.conversation_id, looked)
    if any(one.key not in ticked for one in looked.offers):
        address = response["Location"]
        response["Location"] = f"{address}{'&' if '?' in address else '?'}sent={message.pk}"
    return response


def _explain(request: StaffRequest, conversation_id: int, looked: queries.Draft) -> None:
    reason = request.POST.get(REASON, "").strip()[:1000]
    found: list[tuple[str, str, float | None]] = [("vague", "", None)] if looked.vague else []
    found += [
        ("unlikely", offer.found.kind, offer.chance.share)
        for offer in looked.offers
        if offer.is_unlikely and offer.chance
    ]
    for kind, promise_kind, chance in found if reason else ():
        ledger.record_challenge(
            actor=request.actor,
            kind=kind,
            subject_type="conversation",
            subject_id=conversation_id,
            reason=reason,
            promise_kind=promise_kind,
            chance=chance,
        )


def _record(request: StaffRequest, conversation_id: int, offers: list[queries.Offer]) -> None:
    found = [PromiseInAnswer(one.found.statement, one.found.due, one.found.kind) for one in offers]
    try:
        record_promises(actor=request.actor, conversation_id=conversation_id, found=found)
    except ledger.PromiseError as error:
        messages.error(request, str(error))


@staff_page
def sent(request: StaffRequest, message_id: int) -> HttpResponse:
    """After sending: what the answer promises and nobody recorded is offered once more; POST records what is ticked."""
    message = conversations.message(actor=request.actor, message_id=message_id)
    if message.direction != Message.Direction.OUT:
        raise BadRequest
    offers = queries.draft(actor=request.actor, text=message.text, now=message.sent_at).offers
    ticked = set(request.POST.getlist(FIELD)) if request.method == "POST" else set()
    if ticked:
        _record(request, message.conversation_id, [one for one in offers if one.key in ticked])
    known = {row.statement for row in queries.about("conversation", [message.conversation_id])}
    context = {
        "sent_offers": [one for one in offers if one.found.statement not in known],
        "sent_message": message,
        "recorded": bool(ticked),
    }
    return render(request, "inbox/captured.jinja", context)
