"""DKIM (RFC 6376): mails of a domain are signed with its key, so that receivers know that they are genuine."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from mikomi.channels.models import DkimKey
from mikomi.core import secrets

KEY_BITS = 2048
LEAST_BITS = 1024
"""Receivers ignore shorter keys (RFC 8301, 3.2)."""
SIGNED_HEADERS = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references",
    b"mime-version", b"content-type", b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
"""Those that a receiver shows or acts on (RFC 6376, 5.4.1); RFC 8058 wants those of the list among them."""


class WrongKeyError(ValueError):
    """This is no RSA private key of at least 1024 bits in PEM, without a password."""


def new_key() -> str:
    """A fresh private key, PEM."""
    return _pem(generate_private_key(public_exponent=65537, key_size=KEY_BITS))


def checked_key(pem: str) -> str:
    """A key that was given, in the form that is stored. Raises `WrongKeyError`."""
    try:
        key = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError) as error:
        raise WrongKeyError from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise WrongKeyError
    return _pem(key)


def _pem(key: RSAPrivateKey) -> str:
    # dkimpy reads the traditional form.
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


def dns_record(pem: str) -> str:
    """What the DNS must hold for a private key (RFC 6376, 3.6.1)."""
    key = load_pem_private_key(pem.encode(), password=None)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def check(key: DkimKey) -> None:
    """Whether mails can be signed with a stored key. Raises `SealError`, `WrongKeyError`."""
    pem = secrets.unseal(key.secret)
    if _squeezed(dns_record(checked_key(pem))) != _squeezed(key.record):
        raise WrongKeyError


def key_of(address: str) -> DkimKey | None:
    """The key by which mails from this address are signed."""
    domain = address.rpartition("@")[2].lower()
    return DkimKey.objects.filter(domain=domain, is_active=True).first()


def signed(data: bytes, key: DkimKey) -> bytes:
    """The mail with its signature before it, its lines ended as they go over the wire.

    Raises `ValueError`, also for a key that was sealed with another secret (`secrets.SealError`).
    """
    import dkim  # brings a resolver of the DNS along: only where a mail is signed

    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    present = {
        line.partition(b":")[0].strip().lower() for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    }
    headers = [name for name in SIGNED_HEADERS if name in present]
    try:
        signature: bytes = dkim.sign(
            data,
            key.selector.encode("ascii"),
            key.domain.encode("ascii"),
            secrets.unseal(key.secret).encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=headers,
        )
    except dkim.DKIMException as error:
        raise ValueError(f"The mail could not be signed: {error}") from error
    return signature + data


def is_published(key: DkimKey) -> bool:
    """Whether the DNS holds the record. Asks the network; raises `OSError` where the DNS can't be asked."""
    import dkim

    name = f"{key.selector}._domainkey.{key.domain}."
    try:
        found = dkim.dnsplug.get_txt(name.encode("ascii"), timeout=5)
    except Exception as error:  # the resolver's library has many errors; all mean that nothing was learnt
        raise OSError(str(error) or type(error).__name__) from error
    return found is not None and _squeezed(found.decode("ascii", "replace")) == _squeezed(key.record)


def _squeezed(record: str) -> str:
    return "".join(record.split()).rstrip(";")
