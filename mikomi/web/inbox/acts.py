"""What is done from a conversation. Each act is one operation, then the page again."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mikomi.channels.email.senders import identities
from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.outbox.operations import OutboxError
from mikomi.web.inbox import capturing
from mikomi.web.inbox.forms import AssignForm, PromiseForm, SeverityForm, SnoozeForm, WriteForm
from mikomi.web.inbox.views import SENT, show
from mikomi.web.staff import StaffRequest, staff_page


def back(request: StaffRequest, conversation_id: int, note: str = "") -> HttpResponse:
    """To the conversation again, in the view it was opened in."""
    if note:
        messages.success(request, note)
    kept = {name: request.GET[name] for name in ("view", "team", "channel") if request.GET.get(name)}
    address = reverse("conversation", args=[conversation_id])
    return HttpResponseRedirect(f"{address}?{urlencode(kept)}" if kept else address)


@require_POST
@staff_page
def write(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """An answer, with a promise if one was recorded, or a note. What is wrong stands beside what was typed."""
    form, promise = WriteForm(request.POST), PromiseForm(request.POST)
    if not (form.is_valid() and promise.is_valid()):
        return show(request, conversation_id, write=form, promise=promise)
    data = form.cleaned_data
    if data["kind"] == "note":
        desk.add_note(actor=request.actor, conversation_id=conversation_id, text=data["body"])
        request.session[SENT] = f"conversation-{conversation_id}"
        return back(request, conversation_id)
    if capturing.is_unexplained(request, form):
        return show(request, conversation_id, write=form, promise=promise)
    try:
        message = desk.answer(
            actor=request.actor,
            conversation_id=conversation_id,
            text=data["body"],
            template_key=data["template_key"],
            promise=promise.promise(),
            close_after=data["close_after"],
            draft_file_ids=data["file"],
            sender_key=known_sender(request, data["sender"]),
            send_after=form.leaves_at(queries.policy().undo_seconds),
            seen_message_id=data["seen_message"],
            once_key=f"composer:{request.actor.user_id}:{data['once_key']}" if data["once_key"] else None,
        )
    except (desk.CannotAnswerError, desk.DeskError, desk.FileRefusedError) as error:
        form.add_error("body", str(error))
        return show(request, conversation_id, write=form, promise=promise)
    request.session[SENT] = f"conversation-{conversation_id}"
    there = back(
        request, conversation_id, _("Your answer leaves at the moment chosen.") if data["later"] else ""
    )
    return capturing.keep(request, message, there)


def known_sender(request: StaffRequest, key: str) -> str:
    """The sender that was chosen, if it is one; else that of the conversation stays."""
    return key if key in {one.key for one in identities(actor=request.actor)} else ""


@require_POST
@staff_page
def assign(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Give the conversation to somebody, or to nobody."""
    form = AssignForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    try:
        desk.assign(
            actor=request.actor,
            conversation_id=conversation_id,
            assignee_id=form.cleaned_data["assignee"],
            team_id=form.cleaned_data["team"],
        )
    except desk.DeskError as error:
        messages.error(request, str(error))
        return back(request, conversation_id)
    return back(request, conversation_id, _("Assigned."))


@require_POST
@staff_page
def close(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Close it; refused in words while a recovery in it is open."""
    try:
        desk.close(actor=request.actor, conversation_id=conversation_id)
    except desk.DeskError as error:
        messages.error(request, str(error))
        return back(request, conversation_id)
    return back(request, conversation_id, _("Closed."))


@require_POST
@staff_page
def reopen(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Open it again."""
    desk.reopen(actor=request.actor, conversation_id=conversation_id)
    return back(request, conversation_id, _("Open again."))


@require_POST
@staff_page
def snooze(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Put it aside until a moment."""
    form = SnoozeForm(request.POST)
    try:
        if not form.is_valid():
            raise desk.DeskError(form.errors["until"][0])
        desk.snooze(actor=request.actor, conversation_id=conversation_id, until=form.cleaned_data["until"])
    except desk.DeskError as error:
        messages.error(request, str(error))
        return back(request, conversation_id)
    return back(request, conversation_id, _("Put aside."))


@require_POST
@staff_page
def severity(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Say how grave it is."""
    form = SeverityForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    desk.set_severity(
        actor=request.actor, conversation_id=conversation_id, severity=form.cleaned_data["severity"]
    )
    return back(request, conversation_id)


@require_POST
@staff_page
def delete(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Delete it; it can be brought back from the message that says so."""
    desk.delete(actor=request.actor, conversation_id=conversation_id)
    messages.warning(request, _("Deleted. It can be brought back for 30 days."))
    return HttpResponseRedirect(f"{reverse('inbox')}?{urlencode({'deleted': conversation_id})}")


@require_POST
@staff_page
def restore(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Bring a deleted one back."""
    desk.restore(actor=request.actor, conversation_id=conversation_id)
    return back(request, conversation_id, _("Brought back."))


@require_POST
@staff_page
def take_back(request: StaffRequest, message_id: int) -> HttpResponse:
    """Take back an answer that has not left; its text is in the composer again."""
    found = queries.message(actor=request.actor, message_id=message_id)
    try:
        text = desk.take_back(actor=request.actor, message_id=message_id)
    except (desk.DeskError, OutboxError):
        messages.error(request, _("It has left already and can't be taken back any more."))
        return back(request, found.conversation_id)
    messages.success(request, _("Taken back. Your text is below."))
    return show(request, found.conversation_id, write=WriteForm(initial={"kind": "reply", "body": text}))
