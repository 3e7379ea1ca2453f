"""Notifications of Amazon SES by e-mail: delivery reports written as JSON."""

import json
import re
from typing import Any

from .bounce_reasons import HARD_REASONS, codes, reason_of
from .charset import clean
from .parsed import Bounce

_MAX = 200_000
_BY_SUBTYPE = {
    "noemail": "userunknown",
    "onaccountsuppressionlist": "suspended",
    "suppressed": "suspended",
    "mailboxfull": "mailboxfull",
    "messagetoolarge": "toobig",
    "contentrejected": "policy",
    "attachmentrejected": "policy",
}


def ses_bounces(text: str) -> list[Bounce]:
    """The bounces of a notification; none for one of another kind, or for any other text."""
    notice = _notice(text[:_MAX])
    bounce = notice.get("bounce")
    if not isinstance(bounce, dict):
        return []
    recipients = bounce.get("bouncedRecipients")
    subtype = str(bounce.get("bounceSubType", "")).lower()
    permanent = bounce.get("bounceType") == "Permanent"
    return [_bounce(item, subtype, permanent) for item in _list(recipients) if isinstance(item, dict)][:200]


def _bounce(item: dict[str, Any], subtype: str, permanent: bool) -> Bounce:
    said = clean(str(item.get("diagnosticCode", "")))
    status = codes(str(item.get("status", "")))[0] or codes(said)[0] or ("5.0.0" if permanent else "4.0.0")
    reason = reason_of(said, "", status)
    reason = _BY_SUBTYPE.get(subtype, reason) if reason == "undefined" else reason
    return Bounce(
        recipient=clean(str(item.get("emailAddress", ""))),
        status=status,
        action=clean(str(item.get("action", "failed")))[:40],
        reason=reason,
        hard=permanent and reason in HARD_REASONS,
        diagnostic=said[:1_000],
    )


def _notice(text: str) -> dict[str, Any]:
    """The JSON object at the start of the text, or the one in its `Message`."""
    text = text.lstrip()
    if not text.startswith("{") or "bounce" not in text:
        return {}
    try:
        found, _ = json.JSONDecoder().raw_decode(re.sub(r"[\r\n]+", "", text))
        inner = found.get("Message")
        found = json.loads(inner) if isinstance(inner, str) else found
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
