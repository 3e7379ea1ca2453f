"""The inbox: list, conversation, customer."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mikomi.conversations import queries as desk
from mikomi.conversations.models import Conversation
from mikomi.core.business import queries as business
from mikomi.core.text import whole_number
from mikomi.screens import conversation as conversation_screen
from mikomi.screens import customer as customer_screen
from mikomi.screens import inbox as inbox_screen
from mikomi.web.inbox.forms import PromiseForm, RecoveryForms, WriteForm
from mikomi.web.staff import StaffRequest, staff_page

SENT = "draft_sent"
"""In the session: the draft whose words have just been sent, for the page that comes next to forget them."""


@require_safe
@staff_page
def inbox(request: StaffRequest) -> HttpResponse:
    """The list alone; the other panes say what to do."""
    return render(request, "inbox/page.jinja", list_context(request) | {"pane": "list"})


@require_safe
@staff_page
def conversation(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """The list, one conversation and its customer. One that was joined into another leads there."""
    try:
        return show(request, conversation_id)
    except Conversation.DoesNotExist:
        place = desk.joined_place(actor=request.actor, conversation_id=conversation_id)
        if place is None:
            raise
        return redirect("conversation", conversation_id=place)


def show(
    request: StaffRequest,
    conversation_id: int,
    *,
    write: WriteForm | None = None,
    promise: PromiseForm | None = None,
    recovery: RecoveryForms | None = None,
) -> HttpResponse:
    """The page of a conversation; with the forms as they were sent when something in them is wrong."""
    screen = conversation_screen.conversation(
        actor=request.actor, conversation_id=conversation_id, cursor=request.GET.get("before")
    )
    context = list_context(request) | {
        "screen": screen,
        "colleague_options": [(user.pk, str(user)) for user in screen.colleagues],
        # One key per page shown: pressing "send" twice sends once.
        "once_key": secrets.token_urlsafe(16),
        "person": customer_screen.brief(actor=request.actor, customer_id=screen.conversation.customer_id),
        "write": write or WriteForm(),
        "promise": promise or PromiseForm(),
        "recovery_forms": recovery or RecoveryForms(request.actor),
        "pane": request.GET.get("pane", "conversation"),
        "draft_sent": request.session.pop(SENT, ""),
        "refused_files": (),
    }
    wrong = any(form is not None and form.errors for form in (write, promise)) or recovery is not None
    return render(request, "inbox/page.jinja", context, status=422 if wrong else 200)


def list_context(request: StaffRequest) -> dict[str, Any]:
    """What the list needs; the view, team and channel stay in the address from page to page."""
    view = request.GET.get("view", "all")
    team = whole_number(request.GET.get("team", ""))
    channel = request.GET.get("channel", "")
    kept = {"view": view, "team": str(team or ""), "channel": channel}
    teams = list(business.teams())
    return {
        "inbox": inbox_screen.inbox(
            actor=request.actor,
            view=view if view in desk.VIEWS else "all",
            cursor=request.GET.get("cursor"),
            team=team,
            channel=channel,
        ),
        "teams": teams,
        "team_options": [(one.pk, one.name) for one in teams],
        "kept": {name: value for name, value in kept.items() if value and (name, value) != ("view", "all")},
    }
