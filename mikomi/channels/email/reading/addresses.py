"""Address lists of From, To, Cc and Reply-To, read in one pass however broken they are."""

import re
from dataclasses import dataclass

from .headers import decode_words, raw_text, unfold
from .limits import MAX_ADDRESS_HEADER, MAX_ADDRESSES

_SPACE = re.compile(r"\s+")
_BARE = re.compile(r"[^\s<>()\[\],;:']{1,200}@[^\s<>()\[\],;:\"']{1,255}")
_PLAIN = re.compile(r"[^\"(<,;:]+")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: the name that is shown (may be empty) and the address as written."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the last @, in lower case."""
        return self.address.rpartition("@")[2].lower()


class _Reader:
    """A state machine over the characters of one address list (RFC 5322 with obsolete and broken forms)."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self.words: list[str] = []
        self.comment: list[str] = []
        self.angle: str | None = None
        self.at_sign = False
        self.last_semicolon = -1

    def read(self, text: str) -> None:
        at, end = 0, len(text)
        self.last_semicolon = text.rfind(";")
        while at < end and len(self.found) < MAX_ADDRESSES:
            char = text[at]
            if char == '"':
                at = self._quoted(text, at)
            elif char == "(":
                at = self._comment(text, at)
            elif char == "<":
                at = self._angle(text, at)
            elif char in ",;":
                self._finish()
                at += 1
            elif char == ":" and self.angle is None and not self.at_sign and self.last_semicolon > at:
                self.words.clear()  # the name of a group
                at += 1
            else:
                plain = _PLAIN.match(text, at)
                run = plain[0] if plain else char
                self.at_sign = self.at_sign or "@" in run
                self.words.append(run)
                at += len(run)
        self._finish()

    def _quoted(self, text: str, at: int) -> int:
        out, here = [], at + 1
        while here < len(text) and text[here] != '"':
            if text[here] == "\\" and here + 1 < len(text):
                here += 1
            out.append(text[here])
            here += 1
        inner = "".join(out)
        after = text[here + 1 : here + 2]
        self.words.append(f'"{inner}"' if after == "@" else inner)
        return here + 1

    def _comment(self, text: str, at: int) -> int:
        depth, here, out = 0, at, []
        while here < len(text):
            char = text[here]
            if char == "\\" and here + 1 < len(text):
                here += 1
                out.append(text[here])
            elif char == "(":
                depth += 1
                out.append(char if depth > 1 else "")
            elif char == ")":
                depth -= 1
                if depth == 0:
                    break
                out.append(char)
            else:
                out.append(char)
            here += 1
        self.comment.append("".join(out))
        return here + 1

    def _angle(self, text: str, at: int) -> int:
        again = text.find("<", at + 1)
        close = text.find(">", at, again if again >= 0 else len(text))
        if again >= 0 and close < 0:  # "a < b <c@d>": the last one is the address
            self.words.append(text[at:again])
            return again
        inner = text[at + 1 : close] if close >= 0 else text[at + 1 :]
        if self.angle is None or "@" not in self.angle:
            if self.angle:
                self.words.append(self.angle)
            self.angle = inner
        return close + 1 if close >= 0 else len(text)

    def _finish(self) -> None:
        words = _SPACE.sub(" ", decode_words("".join(self.words))).strip()
        comment = _SPACE.sub(" ", decode_words(" ".join(self.comment))).strip()
        angle, self.angle = self.angle, None
        self.words, self.comment, self.at_sign = [], [], False
        if angle is not None:
            self._add_angle(words, comment, angle)
        elif words or comment:
            self._add_bare(words, comment)

    def _add_angle(self, words: str, comment: str, angle: str) -> None:
        address = clean_address(angle)
        if "@" not in address and "@" in words and (match := _BARE.search(words)):
            address, words = match[0], words.replace(match[0], "").strip()
        name = words or comment
        if address or name:
            self.found.append(Address(_plain_name(name), address))

    def _add_bare(self, words: str, comment: str) -> None:
        match = _BARE.search(words) if "@" in words and not words.startswith('"') else None
        if words.startswith('"') and "@" in words:
            self.found.append(Address(_plain_name(comment), clean_address(words)))
        elif match:
            name = (words[: match.start()] + words[match.end() :]).strip(" []<>'\"")
            self.found.append(Address(_plain_name(comment or name), clean_address(match[0])))
        elif " " in words:
            self.found.append(Address(_plain_name(words), ""))
        else:
            self.found.append(Address(_plain_name(comment), words))


def _plain_name(name: str) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name.strip('"').strip()


def clean_address(text: str) -> str:
    """An address without routes, blanks, comments and `mailto:`."""
    text = decode_words(text)
    text = re.sub(r"\([^)]*\)", "", text)
    if not text.startswith('"'):
        text = re.sub(r"[\s\"]+", "", text)
    text = re.sub(r"^(mailto|smtp):", "", text.strip(), flags=re.I)
    if text.startswith("@") and ":" in text:  # a source route
        text = text.rpartition(":")[2]
    return text.strip("<>,;'").rstrip(".")


def parse_addresses(values: list[bytes], charset: str = "") -> tuple[Address, ...]:
    """Every mailbox of the headers of one name, in order; groups are opened."""
    found: list[Address] = []
    for value in values:
        text = unfold(raw_text(value[:MAX_ADDRESS_HEADER], charset))
        found.extend(_read(text))
    return tuple(found[:MAX_ADDRESSES])


def _read(text: str) -> list[Address]:
    reader = _Reader()
    reader.read(text)
    if "=?" in text and not any("@" in item.address for item in reader.found):
        again = _Reader()  # the whole header is one encoded word
        again.read(decode_words(text))
        if any("@" in item.address for item in again.found):
            return again.found
    return reader.found
