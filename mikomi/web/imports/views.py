"""Imports: upload a file, see what would come of it, match its columns, import it, stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business
from mikomi.core.files.operations import StorageError
from mikomi.integrations.files.fields import LABELS
from mikomi.integrations.imports import opening, operations, queries, wording
from mikomi.integrations.imports.operations import ImportRefusedError
from mikomi.integrations.models import ImportJob, ImportRow
from mikomi.web.staff import StaffRequest, staff_page

State = ImportJob.State
FILTERS = ("", "issues", *(outcome.value for outcome in ImportRow.Outcome))
_COLUMN = "column-"  # and its number: names of columns can hold anything
_DAY_FIRST: Mapping[str, bool | None] = {"": None, "day": True, "month": False}


class UploadForm(forms.Form):
    """A file and how it is to be taken."""

    file = forms.FileField(
        label=gettext_lazy("File"), max_length=255,
        help_text=gettext_lazy(
            "CSV as your shop exports it, or contact cards (vCard); any usual columns and encoding."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.vcf,text/csv,text/vcard"}),
    )  # fmt: skip
    content = forms.ChoiceField(
        label=gettext_lazy("What is in it"), required=False,
        choices=[
            ("", gettext_lazy("recognise it")), ("orders", gettext_lazy("orders")),
            ("customers", gettext_lazy("customers")),
        ],
    )  # fmt: skip
    store_id = forms.TypedChoiceField(
        label=gettext_lazy("Store of orders that name none"), required=False, coerce=int, empty_value=None
    )
    backfill = forms.BooleanField(
        label=gettext_lazy("This is history"), required=False, initial=True,
        help_text=gettext_lazy(
            "What the file tells is kept and counted, but nobody is written to because of it and no task comes of it."
            " Take the tick away for orders that you still have to deliver: their promises are watched then."
        ),
    )  # fmt: skip

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        stores = [(store.pk, store.name) for store in business.stores()]
        cast(forms.TypedChoiceField, self.fields["store_id"]).choices = [("", _("none")), *stores]
        self.fields["file"].error_messages["empty"] = _("The file is empty.")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def imports(request: StaffRequest) -> HttpResponse:
    """All imports, and the form for a new one."""
    page = queries.jobs(actor=request.actor, cursor=request.GET.get("cursor"))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            found = _start(request, form)
        except ImportRefusedError as error:
            form.add_error(error.field or None, str(error))
        except StorageError as error:
            form.add_error("file", str(error))
        else:
            return redirect("import_job", job_id=found.pk)
    context = {"form": form, "page": page}
    return render(request, "imports/list.jinja", context, status=422 if form.errors else 200)


def _start(request: StaffRequest, form: UploadForm) -> ImportJob:
    data = form.cleaned_data
    upload: UploadedFile[Any] = data["file"]
    return operations.start(
        actor=request.actor, stream=cast(BinaryIO, upload.file), file_name=upload.name or "", content=data["content"],
        store_id=data["store_id"], backfill=data["backfill"],
    )  # fmt: skip


@require_safe
@staff_page
def job(request: StaffRequest, job_id: int) -> HttpResponse:
    """One import where it stands; for htmx only the part that changes."""
    outcome = request.GET.get("outcome", "")
    if outcome not in FILTERS:
        raise Http404
    found = queries.job(actor=request.actor, job_id=job_id)
    page = queries.rows(actor=request.actor, job_id=job_id, outcome=outcome, cursor=request.GET.get("cursor"))
    context = {
        "job": found,
        "page": page,
        "rows": [(row, wording.row_sentence(row)) for row in page.items],
        "outcome": outcome,
        "outcomes": wording.outcome_words(),
        "counts": wording.counts(found),
        "refusals": wording.refusals(found),
        "has_columns": opening.has_columns(found),
    }
    template = "imports/state.jinja" if getattr(request, "htmx", False) else "imports/job.jinja"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def mapping(request: StaffRequest, job_id: int) -> HttpResponse:
    """Which column holds what."""
    found = queries.job(actor=request.actor, job_id=job_id)
    if not opening.has_columns(found):
        raise Http404
    columns = opening.columns_of(found)
    chosen = {one.name: one.field for one in columns}
    day_first = {True: "day", False: "month", None: ""}[found.day_first]
    problem = ""
    if request.method == "POST":
        chosen = {one.name: request.POST.get(f"{_COLUMN}{n}", "") for n, one in enumerate(columns)}
        day_first = request.POST.get("day_first", "")
        try:
            operations.set_mapping(
                actor=request.actor, job_id=job_id, mapping=chosen, day_first=_DAY_FIRST.get(day_first)
            )
        except ImportRefusedError as error:
            problem = str(error)
        else:
            return redirect("import_job", job_id=job_id)
    needed = [[_(LABELS[one]) for one in group] for group in opening.needed_of(found.content)]
    context = {
        "job": found, "columns": columns, "chosen": chosen, "day_first": day_first, "problem": problem,
        "fields": [(one.value, _(LABELS[one])) for one in opening.fields_of(found.content)],
        "needed": needed, "prefix": _COLUMN,
    }  # fmt: skip
    return render(request, "imports/mapping.jinja", context, status=422 if problem else 200)


@require_POST
@staff_page
def run(request: StaffRequest, job_id: int) -> HttpResponse:
    """Import what was checked, or go on."""
    return _act(request, job_id, operations.run)


@require_POST
@staff_page
def stop(request: StaffRequest, job_id: int) -> HttpResponse:
    """Stop after the batch that is being written."""
    return _act(request, job_id, operations.stop)


def _act(request: StaffRequest, job_id: int, do: Callable[..., object]) -> HttpResponse:
    try:
        do(actor=request.actor, job_id=job_id)
    except ImportRefusedError as error:
        messages.warning(request, str(error))
    return redirect("import_job", job_id=job_id)


@require_POST
@staff_page
def forget(request: StaffRequest, job_id: int) -> HttpResponse:
    """Delete the job and its file."""
    request.actor.require(Permission.IMPORTS_RUN)
    try:
        operations.forget(actor=request.actor, job_id=job_id)
    except ImportRefusedError as error:
        messages.warning(request, str(error))
        return redirect("import_job", job_id=job_id)
    messages.success(request, _("The file was deleted. What was imported stays."))
    return redirect("imports")
