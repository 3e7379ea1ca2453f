"""Segments of customers."""

from __future__ import annotations

from typing import Any

from ninja import Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes.common import Id, ListOf
from mikomi.api.shapes.customers import RefreshedOut, SegmentIn, SegmentOut
from mikomi.core.access.rules import Permission
from mikomi.customers import operations, queries

router = Family("segments")
VIEW, EDIT = Permission.CUSTOMERS_VIEW, Permission.SEGMENTS_EDIT


@router.get("/segments", may=VIEW, gives=ListOf[SegmentOut])
def list_segments(request: Call) -> Any:
    """Every segment, by name."""
    rows = queries.segments_counted(actor=request.actor)
    return {"items": [SegmentOut.of(row, size) for row, size in rows]}


@router.post("/segments", may=EDIT, gives=SegmentOut, status=201)
def create_segment(request: Call, segment: SegmentIn) -> Any:
    """Add a segment; refresh it to fill it."""
    row = operations.save_segment(actor=request.actor, name=segment.name, conditions=segment.conditions)
    return Status(201, SegmentOut.of(row, None))


@router.put("/segments/{segment_id}", may=EDIT, gives=SegmentOut)
def change_segment(request: Call, segment_id: Id, segment: SegmentIn) -> Any:
    """Replace the name and conditions of a segment."""
    row = operations.save_segment(
        actor=request.actor, name=segment.name, conditions=segment.conditions, segment_id=segment_id
    )
    return SegmentOut.of(row, None)


@router.delete("/segments/{segment_id}", may=EDIT)
def delete_segment(request: Call, segment_id: Id) -> Any:
    """Delete a segment; its customers stay."""
    operations.delete_segment(actor=request.actor, segment_id=segment_id)
    return Status(204, None)


@router.post("/segments/{segment_id}/refresh", may=EDIT, gives=RefreshedOut)
def refresh_segment(request: Call, segment_id: Id) -> Any:
    """Let those stand in the segment who fulfil its conditions now."""
    done = operations.refresh_segment(actor=request.actor, segment_id=segment_id)
    return {"added": done.added, "removed": done.removed, "size": done.size}
