"""In which encoding is this file? Decided from the whole stream, in bounded memory.

Byte order marks and UTF-16 first; then every candidate decodes the stream from beginning to end (in C,
chunk by chunk), because a cp932 file may have its first Japanese character at megabyte five. Among the
candidates that accept all bytes, the one whose text reads like writing wins (`scoring`).
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from mikomi.core.tables import scoring
from mikomi.core.tables.jis import EucJpDecoder, Iso2022JpDecoder

CHUNK = 1 << 18  # bytes read at a time
_SAMPLE = 64_000  # bytes with characters beyond ASCII that the scoring looks at
_GUESS_SAMPLE = 16_000  # bytes for charset-normalizer, which is slow
_OWN = {"iso-2022-jp-ms": Iso2022JpDecoder, "euc-jp-ms": EucJpDecoder}
_CANDIDATES = ("cp932", "euc_jp", "gb18030", "big5hkscs", "cp950", "cp949")
_HOME = frozenset({"cp932", "euc_jp"})  # most of our users' files: they win a close race between few bytes
_SLOW = ("euc-jp-ms",)
_PLAUSIBLE = 0.25
_GOOD = 0.5  # a score that needs no further candidates
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\$\([@BD]|\([JI])")
_ISO_2022_KR = b"\x1b$)C"
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode: the codec's name, the length of the byte order mark, characters that can't be read."""

    name: str
    mark: int = 0
    lost: int = 0

    def decoder(self) -> codecs.IncrementalDecoder:
        """A fresh decoder; what it can't read becomes U+FFFD."""
        return _decoder(self.name, "replace")


def _decoder(name: str, errors: str) -> codecs.IncrementalDecoder:
    own = _OWN.get(name)
    return own(errors) if own else codecs.getincrementaldecoder(name)(errors)


def detect(stream: BinaryIO) -> Encoding:
    """The encoding of a seekable stream, read from its beginning; the stream is left at an undefined
    place.
    """
    stream.seek(0)
    head = stream.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark), _count_lost(stream, name, len(mark)))
    wide = _wide_without_mark(head)
    if wide:
        return Encoding(wide, 0, _count_lost(stream, wide, 0))
    survey = _survey(stream)
    if not survey.high:
        return _seven_bit(stream, survey)
    if survey.utf8.lost == 0:
        return Encoding("utf-8")
    if survey.utf8.lost * 10 <= survey.high:
        return Encoding("utf-8", 0, survey.utf8.lost)
    return _by_trial(stream, survey)


def _chunks(stream: BinaryIO, start: int = 0) -> Iterator[bytes]:
    stream.seek(start)
    while chunk := stream.read(CHUNK):
        yield chunk


class _Trial:
    """One candidate on its way through the stream; counts what it could not decode."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lost = 0
        self._decoder = _decoder(name, "strict")

    def feed(self, chunk: bytes, final: bool = False) -> None:
        state = self._decoder.getstate()
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._decoder.setstate(state)
            self._decoder.errors = "replace"
            self.lost += max(1, self._decoder.decode(chunk, final).count("\ufffd"))
            self._decoder.errors = "strict"


@dataclass
class _Survey:
    """What the first pass learns of the stream."""

    utf8: _Trial = field(default_factory=lambda: _Trial("utf-8"))
    high: int = 0  # bytes above 127
    sample: bytes = b""  # lines with such bytes
    iso_2022_jp: bool = False
    iso_2022_kr: bool = False
    hz: bool = False


_HIGH_BYTES = bytes(range(128, 256))
_LOW_BYTES = bytes(range(128))


def _survey(stream: BinaryIO) -> _Survey:
    found = _Survey()
    overlap = b""
    for chunk in _chunks(stream):
        found.utf8.feed(chunk)
        if not chunk.isascii():
            found.high += len(chunk.translate(None, _LOW_BYTES))
            _sample(found, overlap + chunk)
        if b"\x1b$" in chunk or b"\x1b(" in chunk or overlap:
            joined = overlap + chunk
            found.iso_2022_jp = found.iso_2022_jp or _ISO_2022_JP.search(joined) is not None
            found.iso_2022_kr = found.iso_2022_kr or _ISO_2022_KR in joined
        found.hz = found.hz or (b"~{" in chunk and _HZ.search(chunk) is not None)
        overlap = chunk[-4:] if b"\x1b" in chunk[-4:] else b""
    found.utf8.feed(b"", True)
    return found


def _sample(found: _Survey, chunk: bytes) -> None:
    """Add whole lines with bytes above 127; a line's end is a safe place to cut in every candidate."""
    room = _SAMPLE - len(found.sample)
    if room <= 0:
        return
    lines = [line for line in re.split(rb"[\r\n]+", chunk) if not line.isascii()]
    found.sample += b"\n".join(lines)[:room] + b"\n"


def _wide_without_mark(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: ASCII characters such as separators leave zeros on one side only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 20) or len(head) < 4:
        return None
    if head[0:4].count(0) == 3 and even and odd:
        name = "utf-32-le" if head[0] else "utf-32-be"
    elif min(even, odd) * 10 > max(even, odd):
        return None
    else:
        name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        _decoder(name, "strict").decode(head)
    except UnicodeDecodeError:
        return None
    return name


def _count_lost(stream: BinaryIO, name: str, start: int) -> int:
    trial = _Trial(name)
    for chunk in _chunks(stream, start):
        trial.feed(chunk)
    trial.feed(b"", True)
    return trial.lost


def _seven_bit(stream: BinaryIO, survey: _Survey) -> Encoding:
    if survey.iso_2022_kr:
        return Encoding("iso2022_kr", 0, _count_lost(stream, "iso2022_kr", 0))
    if survey.iso_2022_jp:
        plain = _count_lost(stream, "iso2022_jp", 0)
        if plain == 0:
            return Encoding("iso2022_jp")
        return Encoding("iso-2022-jp-ms", 0, _count_lost(stream, "iso-2022-jp-ms", 0))
    if survey.hz and _count_lost(stream, "hz", 0) == 0:
        return Encoding("hz")
    return Encoding("utf-8")


def _by_trial(stream: BinaryIO, survey: _Survey) -> Encoding:
    """Let the candidates of East Asia decode everything; the best, unless a Western reading is better.

    EUC-JP with vendor characters, whose decoder is slow, is tried when nothing else reads without loss.
    """
    best = _best(stream, survey, _CANDIDATES)
    if best is None or best[0] < _GOOD or best[1].lost:
        best = max(filter(None, (best, _best(stream, survey, _SLOW))), key=lambda one: one[0], default=None)
    western = scoring.latin_score(survey.sample)
    if best is not None and best[0] > max(western, _PLAUSIBLE):
        return Encoding(best[1].name, 0, best[1].lost)
    return _single_byte(stream, survey, western)


def _best(stream: BinaryIO, survey: _Survey, names: tuple[str, ...]) -> tuple[float, _Trial] | None:
    """The candidate with the best score, among those that lose next to nothing."""
    trials = [_Trial(name) for name in names]
    for chunk in _chunks(stream):
        for trial in trials:
            trial.feed(chunk)
        trials = [trial for trial in trials if trial.lost <= max(3, survey.high // 50)]
    for trial in trials:
        trial.feed(b"", True)
    judged = [(_judge(trial, survey), trial) for trial in trials]
    return max(judged, key=lambda one: one[0], default=None)


def _judge(trial: _Trial, survey: _Survey) -> float:
    text = _decoder(trial.name, "replace").decode(survey.sample)
    home = 0.05 + min(0.12, 1.2 / survey.high) if trial.name in _HOME else 0.0
    rare = 0.1 if trial.name == "euc-jp-ms" else 0.0
    return scoring.score(text, trial.name) + home - rare - 0.1 * min(trial.lost, 5)


def _single_byte(stream: BinaryIO, survey: _Survey, western: float) -> Encoding:
    name = "cp1252" if western > 0.4 else _guessed(survey.sample) or "cp1252"
    lost = _count_lost(stream, name, 0)
    if name == "cp1252" and lost:
        return Encoding("latin-1")
    return Encoding(name, 0, lost)


def _guessed(sample: bytes) -> str | None:
    """Cyrillic, Greek, Hebrew, Thai, Central Europe…: charset-normalizer, on a bounded sample."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample[:_GUESS_SAMPLE], cp_exclusion=["utf_7", "utf_16", "utf_32"]).best()
    if found is None or (found.multi_byte_usage > 0.9 and found.encoding.startswith("utf")):
        return None
    return found.encoding
