"""What lies outside the data folder: the doctor tries it, a backup brings it home and back.

The S3-compatible store is a stand-in (moto, core/files/tests/bucket.py), the scanner too (tests/scanner.py).
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from unittest.mock import patch

import pytest
from pytest_django.fixtures import Settings

from mikomi.channels.email import signing
from mikomi.channels.models import DkimKey
from mikomi.channels.operations import senders
from mikomi.core.access.actor import Actor
from mikomi.core.files import operations, queries
from mikomi.core.files.blobs import blobs
from mikomi.core.files.paths import blob_path
from mikomi.core.files.tests.bucket import BUCKET, client, names, store
from mikomi.ops import backups, checkup
from mikomi.ops.checkup import Finding
from mikomi.ops.cli import CommandError
from tests.scanner import Scanner, scanner_running

__all__ = ["scanner_running", "store"]
pytestmark = pytest.mark.django_db


def only(check: checkup.Check) -> Finding:
    """The one finding of a check."""
    (found,) = check()
    return found


class TestFileStore:
    def test_without_one_it_is_a_note(self) -> None:
        assert only(checkup.file_store).ok is None

    def test_one_that_works(self, store: None) -> None:
        assert only(checkup.file_store).ok is True

    def test_a_bucket_that_is_not_there(self, store: None) -> None:
        client().delete_bucket(Bucket=BUCKET)
        found = only(checkup.file_store)
        assert (found.ok, "NoSuchBucket" in found.text, "MIKOMI_FILES" in found.remedy) == (False, True, True)

    def test_a_package_that_is_not_installed(self, settings: Settings) -> None:
        settings.FILES_STORE = {"BACKEND": "no_such_package.S3Storage", "OPTIONS": {}}
        assert "django-storages[s3]" in only(checkup.file_store).text


class TestVirusScanner:
    def test_without_one_it_is_a_note(self, settings: Settings) -> None:
        settings.CLAMD = ""
        assert only(checkup.virus_scanner).ok is None

    def test_one_that_answers(self, settings: Settings, scanner_running: Scanner) -> None:
        settings.CLAMD = scanner_running.place
        assert only(checkup.virus_scanner).ok is True

    def test_one_that_is_silent(self, settings: Settings) -> None:
        settings.CLAMD = "127.0.0.1:1"
        found = only(checkup.virus_scanner)
        assert (found.ok, "127.0.0.1:1" in found.text, "clamd" in found.remedy) == (False, True, True)


class TestSigningKeys:
    @pytest.fixture
    def key(self, owner: Actor) -> DkimKey:
        made = senders.make_dkim_key(actor=owner, domain="shop.example", selector="key1")
        return senders.switch_dkim_key(actor=owner, key_id=made.pk, active=True)

    @pytest.mark.parametrize(("answer", "ok"), [(True, True), (False, False)])
    def test_the_dns_holds_its_record_or_not(self, key: DkimKey, answer: bool, ok: bool) -> None:
        with patch.object(signing, "is_published", return_value=answer):
            found = only(checkup.signing_keys)
        assert (found.ok, "key1._domainkey.shop.example" in found.text) == (ok, True)

    def test_a_dns_that_cannot_be_asked_is_a_note(self, key: DkimKey) -> None:
        with patch.object(signing, "is_published", side_effect=OSError("no network")):
            assert only(checkup.signing_keys).ok is None

    @pytest.mark.parametrize("change", [{"secret": "not sealed"}, {"record": "v=DKIM1; k=rsa; p=other"}])
    def test_a_key_that_cannot_sign(self, key: DkimKey, change: dict[str, str]) -> None:
        DkimKey.objects.update(**change)
        found = only(checkup.signing_keys)
        assert (found.ok, "Make a new key" in found.remedy) == (False, True)

    def test_one_that_is_switched_off_is_nobodys_trouble(self, key: DkimKey) -> None:
        DkimKey.objects.update(is_active=False, secret="")
        assert list(checkup.signing_keys()) == []


class TestBackup:
    @pytest.fixture(autouse=True)
    def _no_dump(self) -> object:
        """The database's own copy is tried on the command line (test_command_line.py)."""
        with (
            patch.object(backups, "_dump_sqlite", lambda dump: dump.write_bytes(b"dump")),
            patch.object(backups, "_dump_postgresql", lambda dump: dump.write_bytes(b"dump")),
            patch.object(backups, "_restore_sqlite"),
            patch.object(backups, "_restore_postgresql"),
        ):
            yield

    def test_it_holds_what_lies_in_the_store(self, store: None, tmp_path: Path) -> None:
        stored = operations.store(b"bytes \x00\xff" * 100_000, "image/png")

        made = backups.backup(tmp_path / "all.tar.gz")
        client().delete_object(Bucket=BUCKET, Key=names()[0])
        backups.restore(made.path, replace=True)

        assert (made.missing, len(names())) == ([], 1)
        assert queries.read(stored.pk) == b"bytes \x00\xff" * 100_000

    def test_it_moves_files_out_of_a_store_and_into_one(
        self, store: None, tmp_path: Path, settings: Settings
    ) -> None:
        stored, in_a_store = operations.store(b"here", "text/plain"), settings.FILES_STORE
        from_store = backups.backup(tmp_path / "store.tar.gz")
        settings.FILES_STORE = {}
        backups.restore(from_store.path, replace=True)
        assert blob_path(stored.sha256).read_bytes() == b"here"

        from_disk = backups.backup(tmp_path / "disk.tar.gz")
        client().delete_object(Bucket=BUCKET, Key=names()[0])
        settings.FILES_STORE = in_a_store
        backups.restore(from_disk.path, replace=True)
        assert blobs().open(stored.sha256).read() == b"here"

    def test_what_the_store_has_lost_is_named_and_the_rest_is_there(
        self, store: None, tmp_path: Path
    ) -> None:
        lost, kept = operations.store(b"lost", "text/plain"), operations.store(b"kept", "text/plain")
        client().delete_object(Bucket=BUCKET, Key=next(name for name in names() if lost.sha256 in name))

        made = backups.backup(tmp_path / "all.tar.gz")

        assert made.missing == [lost.sha256]
        with tarfile.open(made.path) as archive:
            assert [name for name in archive.getnames() if name.startswith("files/")] == [
                f"files/{kept.sha256[:2]}/{kept.sha256[2:4]}/{kept.sha256}"
            ]

    @pytest.mark.parametrize("found", [b"kep", b"kept and more", b"kepd"])
    def test_what_the_store_has_damaged_is_named_and_the_rest_is_there(
        self, store: None, tmp_path: Path, found: bytes
    ) -> None:
        damaged, kept = operations.store(b"kept", "text/plain"), operations.store(b"other", "text/plain")
        key = next(name for name in names() if damaged.sha256 in name)
        client().put_object(Bucket=BUCKET, Key=key, Body=found)

        made = backups.backup(tmp_path / "all.tar.gz")

        assert made.missing == [damaged.sha256]
        with tarfile.open(made.path) as archive:
            (whole,) = [name for name in archive.getnames() if name.startswith("files/")]
            assert kept.sha256 in whole

    def test_a_store_that_cannot_be_read_makes_no_backup(self, store: None, tmp_path: Path) -> None:
        operations.store(b"x", "text/plain")
        client().delete_object(Bucket=BUCKET, Key=names()[0])
        client().delete_bucket(Bucket=BUCKET)
        with (
            patch("mikomi.core.files.blobs.ObjectStore.open", side_effect=OSError("denied")),
            pytest.raises(CommandError, match="mikomi doctor"),
        ):
            backups.backup(tmp_path / "all.tar.gz")
        assert list(tmp_path.glob("*.gz")) == []
