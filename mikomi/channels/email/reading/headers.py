"""Header values: RFC 2047 encoded words, RFC 2231 parameters, and what broken mailers make of them."""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from .charset import clean, decode
from .limits import MAX_NAME
from .transfer import decode_base64

_WORD = re.compile(r"=\?([^?\s]{1,60})\?\s?([BbQq])\?")
_RAW_WORD = re.compile(rb"=\?[^?\s]{1,60}\?[Qq]\?[^?]*\?=")
_MAX_PARAMETERS = 500
_MAX_WORDS = 2_000
_SPACE = re.compile(r"[ \t\r\n]+")
_FOLD = re.compile(r"\r?\n[ \t]*|\r[ \t]*")
_SEPARATOR = re.compile(r"[;\s]*")
_PARAMETER = re.compile(r"([^=;\s\"]{1,80})\s{0,20}=\s{0,20}(?:\"((?:[^\"\\]|\\.)*+)(?:\"|$)|([^;]*))", re.S)


def raw_text(value: bytes, charset: str = "") -> str:
    """A raw header value as text; bytes beyond ASCII are read by the ladder, with `charset` as the hint.

    A header names no charset, so the ladder ends in a marked loss where the bytes are neither Unicode nor of a script
    that can be told.
    """
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    value = _RAW_WORD.sub(
        lambda word: re.sub(rb"[\x80-\xff]", lambda byte: b"=%02X" % byte[0][0], word[0]), value
    )
    return decode(value, charset, guess_western=False).text


def unfold(text: str) -> str:
    """One line: folds become one blank."""
    return _FOLD.sub(" ", text)


def decode_words(text: str) -> str:
    """Text with every encoded word decoded; adjacent words of one charset are joined as bytes first,
    because mailers cut characters in two."""
    if "=?" not in text:
        return clean(text)
    pieces: list[str] = []
    pending, pending_charset, last, adjacent_from = b"", "", 0, -1
    for start, end, charset, data in _words(text):
        between = text[last:start]
        adjacent = adjacent_from >= 0 and not between.strip()
        if adjacent and charset == pending_charset:
            pending += data
        else:
            pieces.append(decode(pending, pending_charset).text)
            pieces.append("" if adjacent else between)
            pending, pending_charset = data, charset
        last = adjacent_from = end
    pieces.append(decode(pending, pending_charset).text)
    pieces.append(text[last:])
    return clean("".join(pieces))


def _words(text: str) -> Iterator[tuple[int, int, str, bytes]]:
    """(start, end, charset, bytes) of each encoded word; the last one may lack its end."""
    at = 0
    for _ in range(_MAX_WORDS):
        head = _WORD.search(text, at)
        if head is None:
            return
        end = text.find("?=", head.end())
        payload = text[head.end() : end] if end >= 0 else text[head.end() :].rstrip("?= ")
        at = end + 2 if end >= 0 else len(text)
        charset = head[1].partition("*")[0].lower()
        yield head.start(), at, charset, _word_bytes(head[2].lower(), payload)


def _word_bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding == "b":
        return decode_base64(data)
    return binascii.a2b_qp(
        _SPACE.sub(" ", payload).encode("utf-8", "replace").replace(b" ", b"=20"), header=True
    )


def text_value(value: bytes, charset: str = "") -> str:
    """An unstructured header (Subject, comments, names) as a person reads it, on one line."""
    return _SPACE.sub(" ", decode_words(unfold(raw_text(value, charset)))).strip()


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """(the value before the first semicolon in lower case, its parameters) of a structured header.

    RFC 2231 continuations and charsets are resolved; encoded words in values, which the RFC forbids, are decoded.
    """
    value = unfold(value)
    head, _, rest = value.partition(";")
    if "=" in head and "/" not in head.split("=")[0]:
        head, rest = "", value
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, text in _parameters(rest):
        if "*" in name:
            base, _, tail = name.partition("*")
            encoded = name.endswith("*")
            number = tail.rstrip("*")
            pieces.setdefault(base, []).append((int(number) if number.isdecimal() else 0, encoded, text))
        elif name not in plain:
            plain[name] = text
    for base, parts in pieces.items():
        plain[base] = _join_pieces(parts)
    return head.strip().lower(), {name: decode_words(text).strip() for name, text in plain.items()}


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    """(name in lower case, value without quotes) of each parameter."""
    at = 0
    for _ in range(_MAX_PARAMETERS):
        gap = _SEPARATOR.match(text, at)
        at = gap.end() if gap else at
        match = _PARAMETER.match(text, at)
        if match:
            quoted = match[2] is not None
            yield match[1].lower(), re.sub(r"\\(.)", r"\1", match[2]) if quoted else match[3].strip()
            at = match.end()
        else:
            at = text.find(";", at)
            if at < 0:
                return


def _join_pieces(parts: list[tuple[int, bool, str]]) -> str:
    """The value of RFC 2231 pieces: `name*0*=charset'language'percent`, `name*1=…`."""
    charset, data = "", b""
    for order, (_, encoded, text) in enumerate(sorted(parts, key=lambda part: part[0])):
        if encoded and order == 0 and text.count("'") >= 2:
            charset, _, value = text.split("'", 2)
        else:
            value = text
        data += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
    return decode(data, charset or "utf-8").text


def file_name(disposition: dict[str, str], content_type: dict[str, str]) -> str:
    """The name of a part, without folders and control characters; empty when it has none."""
    name = disposition.get("filename") or content_type.get("name") or content_type.get("filename") or ""
    return safe_name(name)


def safe_name(name: str) -> str:
    """A file name as text to show: no folders, no control characters, at most 255 characters."""
    name = re.sub(r"[\x00-\x1f\x7f]+", "", clean(name)).strip().strip('"')
    if re.match(r"^[A-Za-z]:\\|^\\\\", name):
        name = name.rsplit("\\", 1)[-1]
    name = name.rsplit("/", 1)[-1] if "/" in name else name
    return name[-MAX_NAME:] if len(name) > MAX_NAME else name
