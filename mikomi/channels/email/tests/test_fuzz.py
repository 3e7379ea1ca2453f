"""Damaged messages, pages and replies: whatever comes, the reader holds its rules (`tests/fuzzing.py`)."""

from __future__ import annotations

import random
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.tests import fuzzing

EXAMPLES = {"message": 250, "html": 250, "reply": 150}


@pytest.mark.parametrize("what", sorted(EXAMPLES))
def test_whatever_is_damaged_is_survived(what: str) -> None:
    seeds = fuzzing.seeds()[what]

    @settings(max_examples=EXAMPLES[what], deadline=None)
    @given(st.integers(0, 2**32), st.sampled_from(seeds), st.sampled_from(seeds))
    def damaged(number: int, seed: bytes, other: bytes) -> None:
        fuzzing.CHECKS[what](fuzzing.damage(seed, random.Random(number), other))

    damaged()


LEAVES = st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(LEAVES, st.integers(0, 4), st.sampled_from(["mixed", "related", "alternative", "report", "x-unknown"]))
def test_every_part_is_listed_with_its_bytes(leaves: list[bytes], depth: int, kind: str) -> None:
    """Given files somewhere in a tree of parts, when it is read, then each is listed with its name and its bytes."""
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "taro@customer.example", "files"
    inner.set_content("see the files")
    for number, leaf in enumerate(leaves):
        inner.add_attachment(leaf, "application", "octet-stream", filename=f"file-{number}.bin")
    raw = inner.as_bytes()
    for level in range(depth):
        head, _, body = raw.partition(b"\n\n")
        lines = [line for line in head.split(b"\n") if line.startswith((b"Content-", b" "))]
        raw = b"From: taro@customer.example\nContent-Type: multipart/%s; boundary=l%d\n\n--l%d\n%s\n\n%s\n--l%d--\n" % (
            kind.encode(), level, level, b"\n".join(lines), body, level,
        )  # fmt: skip

    listed = {part.name: part for part in parse_message(raw).parts}

    for number, leaf in enumerate(leaves):
        assert listed[f"file-{number}.bin"].content() == leaf
