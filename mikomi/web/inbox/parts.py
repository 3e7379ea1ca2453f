"""Parts of a conversation with an address of their own: a template, the frame of a mail's HTML, an attachment."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from mikomi.channels.email.reading.html import render_html
from mikomi.channels.email.reading.html_links import with_targets
from mikomi.conversations import queries as desk
from mikomi.conversations.models import Template
from mikomi.core.files import queries as files
from mikomi.web.staff import StaffRequest, staff_page

# The frame of a stranger's mail: no script, no form, no connection; its own styles stay inside it.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; font-src 'none'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# What a browser may show in place; everything else is downloaded. SVG and HTML can carry scripts.
SHOWN_IN_PLACE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


@require_safe
@staff_page
def template(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """A template filled in for this conversation, as JSON for the composer."""
    key = request.GET.get("key", "")
    try:
        filled = desk.render_template(actor=request.actor, key=key, conversation_id=conversation_id)
    except Template.DoesNotExist as error:
        raise Http404 from error
    except ValueError as error:
        raise BadRequest(_("This template can't be filled in: %(why)s") % {"why": error}) from error
    return JsonResponse(
        {"key": key, "subject": filled.subject, "text": filled.text, "unfilled": filled.unfilled}
    )


@require_safe
@xframe_options_sameorigin
@staff_page
def frame(request: StaffRequest, message_id: int) -> HttpResponse:
    """The cleaned HTML of a message, for a sandboxed frame. Remote images only with `?images=1`."""
    message = desk.message(actor=request.actor, message_id=message_id)
    show_remote = request.GET.get("images") == "1"
    inline = {
        part.content_id: reverse("attachment", args=[part.pk])
        for part in message.attachments.all()
        if part.content_id and part.file_id
    }
    safe = render_html(message.html, show_remote=show_remote, inline=inline)
    response = render(
        request,
        "inbox/frame.jinja",
        {"safe": safe, "html": with_targets(safe.html), "show_remote": show_remote},
    )
    images = "'self' data: https: http:" if show_remote else "'self' data:"
    response["Content-Security-Policy"] = FRAME_POLICY.format(images=images)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@staff_page
def attachment(request: StaffRequest, attachment_id: int) -> HttpResponseBase:
    """A file that came with a message: pictures in place, everything else as a download, never as a page of ours."""
    part = desk.attachment(actor=request.actor, attachment_id=attachment_id)
    if part.file is None:
        raise Http404
    in_place = part.content_type.lower() in SHOWN_IN_PLACE
    response = FileResponse(
        files.open_file(part.file.pk),
        as_attachment=not in_place,
        filename=part.name,
        content_type=part.content_type if in_place else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store" if settings.PRODUCTION else "private, max-age=60"
    return response
