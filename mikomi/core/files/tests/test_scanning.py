"""The virus scanner's protocol, against a stand-in that speaks clamd's INSTREAM."""

from __future__ import annotations

from io import BytesIO

import pytest
from pytest_django.fixtures import Settings

from mikomi import config
from mikomi.core.files.scanning import ping, scan
from tests.scanner import EICAR, Scanner, scanner_running

__all__ = ["scanner_running"]


def test_without_a_scanner_everything_is_clean(settings: Settings) -> None:
    settings.CLAMD = ""
    assert not scan(EICAR).is_refused


def test_it_gets_every_byte_and_its_word_counts(scanner_running: Scanner, settings: Settings) -> None:
    settings.CLAMD = scanner_running.place
    clean = bytes(range(256)) * 3_000
    assert not scan(clean).is_refused
    assert not scan(BytesIO(clean)).is_refused
    assert scanner_running.seen == [clean, clean]
    found = scan(BytesIO(b"x" + EICAR))
    assert (found.virus, found.reason) == ("Eicar-Signature", "infected:Eicar-Signature")


@pytest.mark.parametrize("place", ["127.0.0.1:1", "unix:/no/such/socket"])
def test_silence_is_not_clean(settings: Settings, place: str) -> None:
    settings.CLAMD = place
    assert scan(b"x").reason == "not_scanned"
    with pytest.raises(OSError, match=r"refused|No such file"):
        ping()


def test_it_answers_ping(scanner_running: Scanner, settings: Settings) -> None:
    settings.CLAMD = scanner_running.place
    ping()


def test_what_is_too_large_for_the_scanner_is_not_clean(scanner_running: Scanner, settings: Settings) -> None:
    settings.CLAMD = scanner_running.place
    scanner_running.limit = 1_000
    assert scan(b"x" * 5_000_000).reason == "not_scanned"


def test_a_place_that_is_none_is_refused() -> None:
    for wrong in ("localhost", "unix:relative", "http://x:1/y"):
        with pytest.raises(config.ConfigurationError):
            config.load({"MIKOMI_ENV": "test", "MIKOMI_CLAMD": wrong})
