"""Server-sent events for open pages: only the names of topics that changed; the page then fetches what it may see."""

from __future__ import annotations

from collections.abc import AsyncIterator

from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from mikomi.conversations import queries as desk
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.live.streaming import encode, stream

MOST_TOPICS = 10
OPEN_TO_ALL = {"inbox": Permission.CONVERSATIONS_VIEW, "today": Permission.CUSTOMERS_VIEW}


@require_safe
def live(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """`?topic=inbox&topic=conversation:17`: 204 ends a browser's reconnecting when nobody is signed in."""
    user = request.user
    if not isinstance(user, User):
        return HttpResponse(status=204)
    topics = request.GET.getlist("topic")
    if not 1 <= len(topics) <= MOST_TOPICS:
        raise BadRequest
    allowed = _allowed(user, topics)
    if not allowed:
        return HttpResponse(status=204)
    body = _body(allowed, request.headers.get("Last-Event-ID", ""))
    response = StreamingHttpResponse(body, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _body(topics: list[str], last_id: str) -> AsyncIterator[bytes]:
    async for signal in stream(topics, last_id):
        yield encode(signal)


def _allowed(user: User, topics: list[str]) -> list[str]:
    """Those of the topics that this person may hear of."""
    actor = user.as_actor()
    return [topic for topic in topics if _may_hear(actor, topic)]


def _may_hear(actor: Actor, topic: str) -> bool:
    if topic in OPEN_TO_ALL:
        return actor.may(OPEN_TO_ALL[topic])
    kind, _colon, number = topic.partition(":")
    if kind == "touchpoint":
        return number.isdigit() and actor.may(Permission.FACTS_VIEW)
    if kind == "import":
        return number.isdigit() and actor.may(Permission.IMPORTS_RUN)
    if kind not in ("conversation", "presence") or not number.isdigit():
        return False
    try:
        desk.conversation(actor=actor, conversation_id=int(number))
    except (ObjectDoesNotExist, PermissionDenied):
        return False
    return True
