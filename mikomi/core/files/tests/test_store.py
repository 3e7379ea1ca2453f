"""Files in an S3-compatible store. The store is a stand-in (moto) in this process, not Amazon's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from mikomi import config
from mikomi.core import clock
from mikomi.core.files import blobs, operations, queries
from mikomi.core.files.models import StoredFile
from mikomi.core.files.tests.bucket import BUCKET, client, names, store

pytestmark = pytest.mark.django_db
__all__ = ["store"]


def test_what_is_stored_lies_in_the_bucket_and_is_read_back(store: None) -> None:
    stored = operations.store(b"bytes \x00\xff", "image/png")
    again = operations.store(b"bytes \x00\xff", "image/png")

    assert queries.read(stored.pk) == b"bytes \x00\xff"
    assert stored.pk == again.pk
    assert names() == [f"shop/{stored.sha256[:2]}/{stored.sha256[2:4]}/{stored.sha256}"]


def test_a_store_that_cannot_be_used_stores_nothing(store: None) -> None:
    client().delete_bucket(Bucket=BUCKET)
    with pytest.raises(operations.StorageError):
        operations.store(b"much", "text/plain")
    assert not StoredFile.objects.exists()


def test_missing_bytes_say_so(store: None) -> None:
    stored = operations.store(b"x", "text/plain")
    client().delete_object(Bucket=BUCKET, Key=names()[0])
    with pytest.raises(queries.FileMissingError, match="missing"):
        queries.read(stored.pk)


def test_bytes_without_a_row_go_after_a_day(store: None) -> None:
    kept, old = operations.store(b"kept", "text/plain"), operations.store(b"old", "text/plain")
    StoredFile.objects.exclude(pk=kept.pk).delete()
    assert operations.sweep() == 0
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert operations.sweep() == 1
    assert len(names()) == 1
    assert kept.sha256 in names()[0]
    assert old.sha256 not in names()[0]


def test_a_probe_is_written_read_and_deleted(store: None) -> None:
    blobs.blobs().probe()
    assert names() == []


def test_a_probe_says_which_step_fails(store: None) -> None:
    client().delete_bucket(Bucket=BUCKET)
    with pytest.raises(OSError, match=r"a probe can't be written: .*NoSuchBucket"):
        blobs.blobs().probe()


def test_without_the_package_a_sentence_names_it(settings: Settings) -> None:
    settings.FILES_STORE = {"BACKEND": "no_such_package.S3Storage", "OPTIONS": {}}
    with pytest.raises(ImproperlyConfigured, match=r"django-storages\[s3\]"):
        blobs.blobs()


def test_the_place_is_read_from_the_environment() -> None:
    values = config.load(
        {"MIKOMI_ENV": "test", "MIKOMI_FILES": "s3://b/p?endpoint=https://s3.example&region=x"}
    )
    assert values["MIKOMI_FILES"] == {
        "bucket": "b",
        "prefix": "p",
        "endpoint": "https://s3.example",
        "region": "x",
    }
    for wrong in ("ftp://x", "s3://", "s3://b?nonsense=1"):
        with pytest.raises(config.ConfigurationError):
            config.load({"MIKOMI_ENV": "test", "MIKOMI_FILES": wrong})
