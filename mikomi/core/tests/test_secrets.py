"""Secrets at rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mikomi.core.secrets import SealError, seal, unseal


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_sealed_comes_back(text: str) -> None:
    assert unseal(seal(text)) == text


def test_the_sealed_text_tells_nothing() -> None:
    assert "hunter2" not in seal("hunter2")
    assert seal("hunter2") != seal("hunter2")


def test_another_key_is_told_in_a_sentence(settings: Settings) -> None:
    sealed = seal("hunter2")
    settings.SECRET_KEY = "another key, as long as one has to be 123"
    with pytest.raises(SealError, match="MIKOMI_SECRET_KEY"):
        unseal(sealed)


def test_an_old_key_among_the_fallbacks_still_opens(settings: Settings) -> None:
    sealed, old = seal("hunter2"), settings.SECRET_KEY
    settings.SECRET_KEY = "another key, as long as one has to be 123"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == "hunter2"


@pytest.mark.parametrize("damaged", ["x", "gAAAAAB", "不正"])
def test_a_damaged_one_is_told_too(damaged: str) -> None:
    with pytest.raises(SealError):
        unseal(damaged)


def test_no_secret_stays_none() -> None:
    assert seal("") == unseal("") == ""
