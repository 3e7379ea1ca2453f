"""Secrets that must be read again (mailbox passwords, signing keys): sealed with a key derived from SECRET_KEY."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealError(ValueError):
    """What was sealed can't be opened: MIKOMI_SECRET_KEY is not the one it was sealed with."""

    def __init__(self) -> None:
        super().__init__("A stored secret can't be opened: MIKOMI_SECRET_KEY has changed. Enter the secret anew.")


@lru_cache(maxsize=4)
def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mikomi sealed secrets").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """The text, encrypted and signed; empty stays empty."""
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """The text again. Raises `SealError` when the key is another one. Inverse of `seal`."""
    try:
        return _fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise SealError from error
