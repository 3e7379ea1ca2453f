"""A stand-in for an S3-compatible store: moto, in the process of the test; nobody's real server."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from pytest_django.fixtures import Settings

from mikomi.core.files import blobs

BUCKET = "mikomi-files"


def client() -> boto3.client:
    """Another one who uses the store."""
    return boto3.client("s3", region_name="us-east-1")


@pytest.fixture
def store(settings: Settings) -> Iterator[None]:
    """An empty bucket that this installation keeps its files in."""
    options = {"bucket_name": BUCKET, "location": "shop", "region_name": "us-east-1", "access_key": "a",
               "secret_key": "b", "file_overwrite": True}  # fmt: skip
    settings.FILES_STORE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    blobs._storage.cache_clear()
    with mock_aws():
        client().create_bucket(Bucket=BUCKET)
        yield
    blobs._storage.cache_clear()


def names() -> list[str]:
    """What lies in the bucket."""
    found = client().list_objects_v2(Bucket=BUCKET)
    return [item["Key"] for item in found.get("Contents", [])]
