"""Imports of files: upload, look at what would come, run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from ninja import File, Form, Query, Status, UploadedFile
from pydantic import Field

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import imports as shapes
from mikomi.api.shapes.common import Id, PageOf, page
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business
from mikomi.integrations.imports import operations, queries

router = Family("imports")
RUN = Permission.IMPORTS_RUN
Cursor = Annotated[str, Field(max_length=2_000)]


@router.get("/imports", may=RUN, gives=PageOf[shapes.ImportOut])
def list_imports(request: Call, cursor: Cursor = "") -> Any:
    """All imports, the newest first."""
    return page(queries.jobs(actor=request.actor, cursor=cursor).map(shapes.ImportOut.of))


@router.post("/imports", may=RUN, gives=shapes.ImportOut, status=201)
def start_import(
    request: Call,
    file: File[UploadedFile],
    *,
    content: Form[Literal["", "orders", "customers", "measurements"]] = "",
    store_id: Form[Id | None] = None,
    claim_id: Form[Id | None] = None,
    backfill: Form[bool] = True,
) -> Any:
    """Upload a file; its dry run begins. Empty `content`: it is recognised. Measurements name their `claim_id`; they
    need the right `promises.record` besides."""
    if store_id:
        business.stores().get(pk=store_id)
    job = operations.start(
        actor=request.actor,
        stream=cast(Any, file.file),
        file_name=(file.name or "file")[:255],
        content=content,
        store_id=store_id,
        claim_id=claim_id,
        backfill=backfill,
    )
    return Status(201, shapes.ImportOut.of(job))


@router.get("/imports/{job_id}", may=RUN, gives=shapes.ImportOut)
def get_import(request: Call, job_id: Id) -> Any:
    """An import and how far it is."""
    return shapes.ImportOut.of(queries.job(actor=request.actor, job_id=job_id))


@router.get("/imports/{job_id}/rows", may=RUN, gives=PageOf[shapes.ImportRowOut])
def list_rows(request: Call, job_id: Id, wanted: Query[shapes.ImportRowFilter]) -> Any:
    """What the dry run noted, in the file's order."""
    found = queries.rows(actor=request.actor, job_id=job_id, outcome=wanted.outcome, cursor=wanted.cursor)
    return page(found.map(shapes.ImportRowOut.of))


@router.put("/imports/{job_id}/mapping", may=RUN, gives=shapes.ImportOut)
def set_mapping(request: Call, job_id: Id, given: shapes.MappingIn) -> Any:
    """Match the columns by hand; the file is checked anew."""
    job = operations.set_mapping(
        actor=request.actor, job_id=job_id, mapping=given.mapping, day_first=given.day_first
    )
    return shapes.ImportOut.of(job)


@router.post("/imports/{job_id}/run", may=RUN, gives=shapes.ImportOut)
def run_import(request: Call, job_id: Id) -> Any:
    """Import what was checked, or go on with what was stopped."""
    return shapes.ImportOut.of(operations.run(actor=request.actor, job_id=job_id))


@router.post("/imports/{job_id}/stop", may=RUN, gives=shapes.ImportOut)
def stop_import(request: Call, job_id: Id) -> Any:
    """Stop after the batch being written; what is imported stays."""
    return shapes.ImportOut.of(operations.stop(actor=request.actor, job_id=job_id))
