"""Splitting a conversation and joining two, and undoing it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.conversations.models import Regrouping
from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.web.inbox.acts import back
from mikomi.web.staff import StaffRequest, staff_page


@require_POST
@staff_page
def split(request: StaffRequest, message_id: int) -> HttpResponse:
    """Put a message, with those after it or alone, into a conversation of its own."""
    found = queries.message(actor=request.actor, message_id=message_id)
    try:
        done = desk.split(
            actor=request.actor,
            message_id=message_id,
            with_later=request.POST.get("with_later") == "1",
            subject=request.POST.get("subject", "")[:500],
        )
    except desk.DeskError as error:
        messages.error(request, str(error))
        return back(request, found.conversation_id)
    return back(request, done.target_id, _("This is a conversation of its own now."))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def join(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Choose the conversation that this one is joined into; then do it."""
    request.actor.require(Permission.CONVERSATIONS_ANSWER)
    found = queries.conversation(actor=request.actor, conversation_id=conversation_id)
    if request.method == "POST":
        return _join(request, conversation_id)
    others = queries.can_join(actor=request.actor, conversation=found)
    return render(request, "inbox/join.jinja", {"it": found, "others": others})


def _join(request: StaffRequest, conversation_id: int) -> HttpResponse:
    into_id = whole_number(request.POST.get("into", ""))
    if into_id is None:
        raise BadRequest
    try:
        desk.join(actor=request.actor, conversation_id=conversation_id, into_id=into_id)
    except desk.DeskError as error:
        messages.error(request, str(error))
        return redirect("conversation_join", conversation_id=conversation_id)
    return back(request, into_id, _("Joined. What comes later comes here as well."))


@require_POST
@staff_page
def undo(request: StaffRequest, regrouping_id: int) -> HttpResponse:
    """Put everything back where it was."""
    row = Regrouping.objects.filter(pk=regrouping_id).first()
    try:
        done = desk.undo(actor=request.actor, regrouping_id=regrouping_id)
    except desk.DeskError as error:
        messages.error(request, str(error))
        return redirect("conversation", conversation_id=row.target_id) if row else redirect("inbox")
    return back(request, done.source_id, _("Undone."))
