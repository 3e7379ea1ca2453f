"""What analytics may copy of the channels and integrations."""

from __future__ import annotations

from mikomi.core.exports import all_exports


def test_channels_and_integrations_say_what_may_be_copied() -> None:
    names = {export.name for export in all_exports()}
    assert {"arrivals", "imports", "shop_calls", "webhook_attempts"} <= names


def test_no_export_holds_an_address_or_what_was_written() -> None:
    columns = {column for export in all_exports() for column in export.columns}
    assert not columns & {"source_address", "message_id", "error", "file_name", "url", "detail", "raw_id"}
