"""The form of an error, problem+json (RFC 9457): type, title, status, detail, and the fields that are wrong."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse


def problem(
    status: int, code: str, title: str, detail: str = "", errors: list[dict[str, Any]] | None = None
) -> HttpResponse:
    """One error. `code` is stable and for programs, `title` and `detail` are in the reader's language."""
    body: dict[str, Any] = {"type": f"urn:mikomi:problem:{code}", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    text = json.dumps(body, ensure_ascii=False)
    response = HttpResponse(text, status=status, content_type="application/problem+json")
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="mikomi"'
    return response
