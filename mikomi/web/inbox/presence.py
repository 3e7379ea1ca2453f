"""Who else is at a conversation, as a line above the composer; each page says by this that it is open."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from mikomi.conversations import operations, queries
from mikomi.core.text import whole_number
from mikomi.web.staff import StaffRequest, staff_page


@require_POST
@staff_page
def presence(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Note that this page is open (`writes`: that somebody types in it); the others who are there."""
    operations.note_presence(
        actor=request.actor, conversation_id=conversation_id, writes=bool(request.POST.get("writes"))
    )
    seen = whole_number(request.POST.get("seen_message", ""))
    context = {
        "others": queries.present(actor=request.actor, conversation_id=conversation_id),
        "answered": queries.answered_since(
            actor=request.actor, conversation_id=conversation_id, seen_message_id=seen
        )
        if seen is not None
        else None,
    }
    return render(request, "inbox/presence.jinja", context)
