"""`mikomi import` with its switches: for which store, as history or live, only looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from mikomi.commerce.models import Order
from mikomi.core.business.models import Business, Store
from mikomi.integrations.imports.tests.files import order_file
from mikomi.integrations.models import ImportJob
from mikomi.ops.importing import run_import
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path, business: Business) -> Path:
    Business.objects.update(ship_within_days=3)
    path = tmp_path / "orders.csv"
    path.write_bytes(order_file(range(3)))
    return path


def test_history_is_the_rule(file: Path) -> None:
    assert run_import(file, "", "", live=False, dry_run=False) == 0
    assert Order.objects.filter(backfill=True, store=None).count() == 3


def test_live_orders_are_watched(file: Path) -> None:
    assert run_import(file, "", "", live=True, dry_run=False) == 0
    assert Order.objects.filter(backfill=False).count() == 3
    assert Promise.objects.filter(backfill=False).count() == 3


def test_orders_go_to_the_store_that_was_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counter = Store.objects.create(name="Counter", kind="counter", code="C1")
    assert run_import(file, "", "C1", live=False, dry_run=False) == 0
    assert Order.objects.filter(store=counter).count() == 3
    assert "新規 3" in capsys.readouterr().out


def test_an_unknown_store_is_refused_before_anything_is_kept(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_import(file, "", "NOPE", live=True, dry_run=False) == 1
    assert "NOPE" in capsys.readouterr().out
    assert not ImportJob.objects.exists()
    assert not Order.objects.exists()


def test_a_dry_run_leaves_nothing(file: Path) -> None:
    assert run_import(file, "", "", live=True, dry_run=True) == 0
    assert not Order.objects.exists()
    assert not ImportJob.objects.exists()
