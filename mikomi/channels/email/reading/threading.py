"""Which conversation a message belongs to: the signed reply token, and the Message-IDs it refers to.

Pure rules. A token is proof by itself; a known Message-ID only counts when the sender takes part in that conversation
(the caller checks it). A ticket number in a subject is no evidence: anybody can write one.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from .parsed import ParsedMessage

TOKEN_HEADER = "X-Mikomi-Reply-Token"  # noqa: S105  (the name of a header)
_SIGNATURE_BYTES = 10  # 80 bits
_MAX_ID = 2**63 - 1
_TOKEN = re.compile(r"^[rR]([A-Za-z2-7]{1,13})[-.]?([A-Za-z2-7]{16})$")
_PLUS = re.compile(r"\+(r[a-z2-7]{1,13}-[a-z2-7]{16})@", re.I)
_MAX_EVIDENCE = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """One hint at a conversation: `token` (value: the conversation's id) or `message_id`."""

    kind: str
    value: str

    @property
    def conversation_id(self) -> int | None:
        """The conversation that a verified token names; None for other evidence."""
        return int(self.value) if self.kind == "token" else None


def reply_token(secret: str, conversation_id: int) -> str:
    """A signed token of at most 31 characters for a conversation; the inverse of `read_reply_token`.

    It survives what mail servers do to local parts: letters, digits and one hyphen, upper and lower case alike.
    Raises ValueError for an id that is negative or beyond 63 bits, or when the secret is empty.
    """
    if not 0 <= conversation_id <= _MAX_ID:
        raise ValueError(f"not a conversation id: {conversation_id}")
    number = conversation_id.to_bytes(max(1, (conversation_id.bit_length() + 7) // 8), "big")
    return f"r{_base32(number)}-{_signature(secret, conversation_id)}"


def read_reply_token(secret: str, token: str) -> int | None:
    """The conversation that a token names; None when it is not ours. The inverse of `reply_token`."""
    match = _TOKEN.match(token.strip())
    if match is None:
        return None
    try:
        number = base64.b32decode(match[1].upper() + "=" * (-len(match[1]) % 8))
    except ValueError:
        return None
    conversation_id = int.from_bytes(number, "big")
    if conversation_id > _MAX_ID or _base32(number) != match[1].lower():
        return None
    expected = _signature(secret, conversation_id)
    return conversation_id if hmac.compare_digest(expected, match[2].lower()) else None


def plus_address(address: str, token: str) -> str:
    """The address with the token: support@shop.example → support+TOKEN@shop.example."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("not an address")
    return f"{local.partition('+')[0]}+{token}@{domain}"


def thread_candidates(parsed: ParsedMessage, secret: str) -> tuple[Evidence, ...]:
    """The evidence in a message, the strongest first: tokens, then Message-IDs from the nearest to the oldest.

    A bounce refers to the message that came back.
    """
    tokens = [read_reply_token(secret, token) for token in _tokens(parsed)]
    found = [Evidence("token", str(number)) for number in tokens if number is not None]
    original = (parsed.original_message_id,) if parsed.original_message_id else ()
    ids = [*original, *parsed.in_reply_to, *reversed(parsed.references)]
    found += [Evidence("message_id", item) for item in ids if item and item != parsed.message_id]
    return tuple(dict.fromkeys(found))[:_MAX_EVIDENCE]


def _tokens(parsed: ParsedMessage) -> list[str]:
    named = [item.address for item in (*parsed.to, *parsed.cc)]
    for header in ("delivered-to", "x-original-to", "x-envelope-to", "x-forwarded-to"):
        named += parsed.headers.get(header, ())
    tokens = [match for address in named for match in _PLUS.findall(address)]
    return tokens + list(parsed.headers.get(TOKEN_HEADER.lower(), ()))


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def _signature(secret: str, conversation_id: int) -> str:
    if not secret:
        raise ValueError("the secret is empty")
    key = hashlib.sha256(b"mikomi reply token\0" + secret.encode()).digest()
    return _base32(hmac.new(key, str(conversation_id).encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES])
