"""The messages of other projects, where they lie beside the checkout: read, in time, fit to be stored."""

import time
from pathlib import Path

import pytest

from mikomi.channels.email.reading.html import render_html
from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.reading.quotes import split_reply
from tests.paths import shared


def corpus_messages() -> list[Path]:
    folder = shared("corpus", "email", "messages")
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []


@pytest.mark.parametrize("path", corpus_messages(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_messages_of_strangers(path: Path) -> None:
    start = time.process_time()
    parsed = parse_message(path.read_bytes())
    assert time.process_time() - start < 2
    assert not any(defect.startswith("the reader failed") for defect in parsed.defects)
    for text in (
        parsed.subject,
        parsed.text,
        parsed.html,
        parsed.sender.name,
        *(item.name for item in parsed.parts),
    ):
        text.encode("utf-8")
        assert "\x00" not in text
    split_reply(parsed.text)
    render_html(parsed.html)
