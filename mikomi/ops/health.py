"""What machines ask: is the process alive, is the installation ready, and its figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from mikomi.core import clock
from mikomi.core.access import queries as access
from mikomi.core.access.rules import Permission


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; looks at nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is up to date, 503 with the reason otherwise."""
    from mikomi.ops.upgrading import has_pending_migrations

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        reason = "upgrade" if has_pending_migrations() else ""
    except DatabaseError:
        reason = "database"
    return JsonResponse({"ready": not reason, "reason": reason}, status=503 if reason else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus's format, for a token with the right operations.view."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = access.token_for_key(key) if key else None
    if token is None or not token.as_actor().may(Permission.OPERATIONS_VIEW):
        raise Http404
    lines = [f"mikomi_{name} {value}" for name, value in _figures()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _figures() -> Iterator[tuple[str, float]]:
    """Counts of what waits or has failed: the figures on which an alert is set."""
    from mikomi.channels.models import Intake, Mailbox
    from mikomi.core.events.models import Delivery
    from mikomi.core.work.models import Worker
    from mikomi.outbox.models import OutgoingMessage

    now = clock.now()
    for state in ("waiting", "failed", "stopped"):
        yield f'deliveries{{state="{state}"}}', Delivery.objects.filter(state=state).count()
    for state in ("held", "waiting", "uncertain", "failed"):
        yield f'outgoing{{state="{state}"}}', OutgoingMessage.objects.filter(state=state).count()
    for state in ("received", "quarantined"):
        yield f'intake{{state="{state}"}}', Intake.objects.filter(state=state).count()
    newest = Worker.objects.order_by("-beat_at").first()
    yield "worker_beat_age_seconds", (now - newest.beat_at).total_seconds() if newest else -1
    for box in Mailbox.objects.filter(is_active=True).exclude(polled_at=None):
        assert box.polled_at is not None
        yield f'mailbox_poll_age_seconds{{mailbox="{box.pk}"}}', (now - box.polled_at).total_seconds()


urlpatterns = [path("healthz", live), path("readyz", ready), path("metrics", metrics)]
