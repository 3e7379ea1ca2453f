"""Input that nobody would think of: seeds, ways to damage them, and what must hold whatever comes out.

Seeds are the messages, pages and replies beside the checkout (`../shared/corpus`) where they are, and always our own
generated ones. `tests/test_fuzz.py` tries some hundreds of cases; `python -m benchmarks.fuzz --minutes 60` as many as
fit into the time.
"""

from __future__ import annotations

import json
import random
import re
import time
import tracemalloc
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import html5lib

from benchmarks import mails
from mikomi.channels.email.reading.html import render_html
from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.reading.parsed import ParsedMessage
from mikomi.channels.email.reading.quotes import split_reply
from tests.paths import shared

LONGEST_SEED = 60_000
SECONDS = 1.0
"""Of the processor, for one case."""
MEMORY_BYTES = 30_000_000
MEMORY_PER_BYTE = 60
"""What reading may take at most: so much, and so much for each byte of the message."""
TOKENS = (
    b"\r\n\r\n", b"\n", b"\r", b"\0", b"--", b"=?", b"?=", b"=?utf-8?B?", b"=?iso-2022-jp?Q?", b"\x1b$B", b"\x1b(B",
    b"\xff\xfe", b"\xed\xa0\x80", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: uuencode\r\n", b"charset=", b"boundary=",
    b"filename*0*=", b"begin 644 a\n", b"<script>", b"<style>", b"javascript:", b"<!--", b"]]>", b"<![CDATA[", b"&#x",
    b"On ", b" wrote:", b"\n> ", b"-----Original Message-----", "\u202e".encode(), "差出人:".encode("cp932"),
    b"\t" * 200,
)  # fmt: skip
_ACTIVE = frozenset(
    {
        "script", "iframe", "object", "embed", "applet", "base", "meta", "link", "frame", "frameset", "form", "input",
        "svg", "math", "template", "noscript", "plaintext", "xmp", "style", "textarea", "button", "select", "video",
    }
)  # fmt: skip
_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "background", "poster", "srcset", "data", "cite"}
)
Result = TypeVar("Result")
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\-]*):", re.I)


class BrokenRuleError(AssertionError):
    """Something that must hold does not."""


def damage(seed: bytes, chance: random.Random, other: bytes) -> bytes:
    """A damaged seed: pieces cut, doubled, swapped, filled with noise, or taken from another one."""
    raw = bytearray(seed[:LONGEST_SEED])
    for _step in range(chance.randrange(1, 8)):
        place = chance.randrange(len(raw) + 1)
        length = min(chance.choice((1, 2, 8, 40, 400)), len(raw) - place)
        way = chance.randrange(7)
        if way == 0:
            raw[place:place] = chance.choice(TOKENS)
        elif way == 1:
            del raw[place : place + length]
        elif way == 2:
            raw[place:place] = raw[place : place + length] * chance.choice((1, 3, 30))
        elif way == 3:
            raw[place : place + length] = chance.randbytes(length)
        elif way == 4 and other:
            start = chance.randrange(len(other))
            raw[place:place] = other[start : start + chance.choice((20, 200, 2_000))]
        elif way == 5 and length:
            raw[place] ^= 1 << chance.randrange(8)
        else:
            del raw[place + 4_000 * chance.randrange(1, 4) :]
    return bytes(raw[: 2 * LONGEST_SEED])


def check_message(raw: bytes) -> float:
    """Read it, and hold what must hold. The seconds of the processor. Raises `BrokenRuleError`."""
    tracemalloc.start()
    try:
        parsed, seconds = _timed(lambda: parse_message(raw))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    _hold(peak < MEMORY_BYTES + MEMORY_PER_BYTE * len(raw), f"{peak} bytes of memory")
    for defect in parsed.defects:
        _hold(not defect.startswith("the reader failed"), defect)
    for text in texts(parsed):
        _fit_to_be_stored(text)
    for part in parsed.parts:
        _hold(isinstance(part.content(), bytes), "a part without bytes")
        _hold(bool(part.content_type), "a part without a type")
    return seconds


def check_html(markup: str) -> float:
    """Make it harmless, and look with another parser whether it is. The seconds of the processor."""
    shown, seconds = _timed(lambda: render_html(markup).html)
    _fit_to_be_stored(shown)
    for element in html5lib.parseFragment(shown, namespaceHTMLElements=False).iter():
        _hold_harmless(element)
    return seconds


def check_reply(text: str) -> float:
    """Fold it, and see that nothing is lost or doubled. The seconds of the processor."""
    reply, seconds = _timed(lambda: split_reply(text))
    whole = "".join(reply.text[span.start : span.end] for span in reply.spans)
    _hold(whole == text, "folding lost or doubled a piece")
    return seconds


CHECKS: dict[str, Callable[[bytes], float]] = {
    "message": check_message,
    "html": lambda raw: check_html(raw.decode("utf-8", "replace")),
    "reply": lambda raw: check_reply(raw.decode("utf-8", "replace")),
}


def texts(parsed: ParsedMessage) -> list[str]:
    """Every text of a message that is stored or shown."""
    people = [parsed.sender, *parsed.to, *parsed.cc, *parsed.reply_to]
    found = [parsed.subject, parsed.text, parsed.html, parsed.charset, parsed.message_id, *parsed.defects]
    found += [piece for item in people for piece in (item.name, item.address)]
    found += [piece for item in parsed.parts for piece in (item.name, item.content_type, item.content_id)]
    found += [value for values in parsed.headers.values() for value in values]
    found += [*parsed.in_reply_to, *parsed.references, parsed.original_message_id]
    return found + [piece for item in parsed.bounces for piece in (item.recipient, item.diagnostic)]


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    _hold(seconds < SECONDS, f"{seconds:.2f} seconds")
    return result, seconds


def _hold(condition: bool, rule: str) -> None:
    if not condition:
        raise BrokenRuleError(rule)


def _fit_to_be_stored(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BrokenRuleError(f"cannot be encoded: {error}") from error
    _hold("\0" not in text, "a NUL")


def _hold_harmless(element: object) -> None:
    tag, attributes = getattr(element, "tag", None), getattr(element, "attrib", {})
    if not isinstance(tag, str):
        return
    _hold(tag.lower() not in _ACTIVE, f"<{tag}> survived")
    for name, value in attributes.items():
        plain = str(name).lower()
        _hold(not plain.startswith("on"), f"{name} survived")
        scheme = _SCHEME.match(value)
        if plain in _ADDRESSES and scheme:
            word = scheme[1].lower()
            allowed = word in ("http", "https", "mailto", "tel", "cid", "sms", "callto", "ftp") or (
                plain == "src" and value.strip().lower().startswith("data:image/")
            )
            _hold(allowed, f"{name}={word}: survived")


@lru_cache(maxsize=1)
def seeds() -> dict[str, list[bytes]]:
    """What is damaged, by what it is."""
    generated = [mail.raw for mail in mails.generate(60)]
    pages = [b"<p>hello <b>you</b></p>", b"<table><tr><td style='color:red'>x</td></tr></table>"]
    pages += [
        b"<a href='https://x.example/'>x</a><img src='https://x.example/a.png'>",
        b"<svg><style><img src=x onerror=a>",
    ]
    replies = [
        "ありがとう\n\n2026年11月22日(日) 9:00 山田 <a@example.jp>:\n> いつ届きますか\n",
        "Yes\n-- \nTaro\n",
    ]
    found = {"message": generated, "html": pages, "reply": [text.encode() for text in replies]}
    messages, vectors = shared("corpus", "email", "messages"), shared("corpus", "html", "vectors.json")
    cases = shared("corpus", "replies", "cases.jsonl")
    if messages:
        found["message"] += [path.read_bytes() for path in sorted(messages.rglob("*")) if path.is_file()]
    if vectors:
        found["html"] += [_markup(item) for item in json.loads(vectors.read_text())]
    if cases:
        found["reply"] += [_markup(json.loads(line)) for line in cases.read_text().splitlines()]
    return found


def _markup(item: object) -> bytes:
    """The longest text of a case: what is to be read, whatever its name."""
    values = item.values() if isinstance(item, dict) else [item]
    longest = max((value for value in values if isinstance(value, str)), key=len, default="")
    return longest.encode("utf-8", "replace")
