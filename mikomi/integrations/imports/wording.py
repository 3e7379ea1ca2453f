"""What imports say to people, from the codes that are stored: in the language of whoever reads."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mikomi.integrations.files.issues import MESSAGES, RowIssue
from mikomi.integrations.imports.checking import CLAIM_PROBLEM
from mikomi.integrations.models import ImportJob, ImportRow
from mikomi.promises import claim_wording

REASONS = {
    "no_id": gettext_lazy("The order has no number."),
    "no_date": gettext_lazy("The order has no date."),
    "older": gettext_lazy("What is known is newer."),
    "several_known": gettext_lazy(
        "Several known customers fit. The surest is taken; the others are proposed for merging."
    ),
    "failed": gettext_lazy(
        "Something went wrong on our side. What was imported stays; continue or try again."
    ),
    "file_gone": gettext_lazy("The file is no longer in the data folder. Upload it again."),
}
FIELDS = {
    "number": gettext_lazy("number"),
    "channel": gettext_lazy("sales channel"),
    "lines": gettext_lazy("lines"),
    "refunds": gettext_lazy("refunds"),
    "total_minor": gettext_lazy("total"),
    "subtotal_minor": gettext_lazy("subtotal"),
    "shipping_minor": gettext_lazy("shipping cost"),
    "tax_minor": gettext_lazy("tax"),
    "discount_minor": gettext_lazy("discount"),
    "refunded_minor": gettext_lazy("refunded amount"),
    "payment": gettext_lazy("payment status"),
    "payment_method": gettext_lazy("payment method"),
    "fulfilment": gettext_lazy("shipping status"),
    "ordered_at": gettext_lazy("order date"),
    "paid_at": gettext_lazy("payment date"),
    "promised_at": gettext_lazy("promised date"),
    "requested_on": gettext_lazy("date asked for"),
    "ship_by_at": gettext_lazy("shipping deadline"),
    "expected_at": gettext_lazy("expected date"),
    "shipped_at": gettext_lazy("shipping date"),
    "delivered_at": gettext_lazy("delivery date"),
    "cancelled_at": gettext_lazy("cancellation"),
    "carrier": gettext_lazy("carrier"),
    "tracking_number": gettext_lazy("tracking number"),
    "note": gettext_lazy("note"),
    "recipient": gettext_lazy("recipient"),
}


def row_sentence(row: ImportRow) -> str:
    """What is to be said about a row: what is wrong, or what changes; "" where nothing is."""
    if row.code:
        return _sentence(row.line, row.column, row.code, row.params)
    changes = row.params.get("changes", [])
    words = dict.fromkeys(
        str(FIELDS[name]) if name in FIELDS else _("delivery address")
        for name in changes
        if name in FIELDS or name.startswith("destination")
    )
    return _("Changes: %(fields)s") % {"fields": ", ".join(words)} if words else ""


def refusals(job: ImportJob) -> list[str]:
    """What is wrong with the file as a whole."""
    issues = job.refusal.get("issues", [])
    return [_sentence(one["line"], "", one["code"], one["params"]) for one in issues]


def _sentence(line: int, column: str, code: str, params: dict[str, str | int]) -> str:
    if code.startswith(CLAIM_PROBLEM):
        return claim_wording.problem(code.removeprefix(CLAIM_PROBLEM), params)
    if code in MESSAGES:
        return RowIssue(line, column, code, params).message(_)
    return str(REASONS.get(code, code))


def counts(job: ImportJob) -> dict[str, int]:
    """What was done so far, by outcome."""
    return {
        "create": job.created_count,
        "change": job.changed_count,
        "same": job.unchanged_count,
        "skip": job.skipped_count,
    }


def outcome_words() -> list[tuple[str, str]]:
    """The outcomes with their words."""
    return [(outcome.value, str(outcome.label)) for outcome in ImportRow.Outcome]
