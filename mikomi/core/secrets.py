"""Secrets at rest (mailbox passwords, webhook keys): sealed with a key derived from MIKOMI_SECRET_KEY.

Fernet (AES-128-CBC with HMAC-SHA256) under a key by HKDF-SHA256 (RFC 5869), so that the key that signs sessions and the
one that seals are different. Django's SECRET_KEY_FALLBACKS still unseal: that is how the key is changed without loss.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"mikomi.core.secrets v1"


class SealError(ValueError):
    """Sealed with another key, or damaged."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret can't be read: it was sealed with another MIKOMI_SECRET_KEY than the present one."
            " Start with the key of that time, or enter the secret (password, webhook key) anew."
        )


def seal(text: str) -> str:
    """`text` encrypted for the database; empty stays empty. Inverse of `unseal`."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(text: str) -> str:
    """What was sealed. Raises `SealError`. Inverse of `seal`."""
    try:
        return _box().decrypt(text.encode()).decode() if text else ""
    except InvalidToken as error:
        raise SealError from error


def _box() -> MultiFernet:
    return _box_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
