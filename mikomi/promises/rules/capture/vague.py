"""Wording that promises nothing a customer can rely on: "soon", できるだけ早く. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vague:
    """Vague words at `start`…`end` of the text."""

    words: str
    start: int
    end: int


_VAGUE = re.compile(
    r"(?:出来|でき)る(?:だけ|かぎり|限り)(?:早|はや|す[ぐみ]|迅速)[くやに]?|なるべく(?:早|はや)[くめ]に?|"
    r"可能な(?:限り|かぎり)(?:早|迅速)[くに]|"
    r"近日中|近いうち|近々|そのうち|追って|後ほど|のちほど|後日|早急に|至急|早めに|しばらく(?:して|したら)|"
    r"まもなく|間もなく|"
    r"速やかに|すみやかに|順次|目処が(?:立|つ)|準備が(?:整|でき)次第|入荷次第|わかり次第|分かり次第|"
    r"確認(?:でき|が取れ)次第|"
    r"\bsoon(?:est)?\b|\bas soon as (?:possible|we can)\b|\basap\b|\bshortly\b|\bat the earliest\b|"
    r"\bin due course\b|"
    r"\bin (?:a|the) (?:little|short) while\b|\bpromptly\b|\bsome time\b|\bsometime\b|\bin a few (?:days|"
    r"hours|weeks|minutes)\b|"
    r"\bas quickly as (?:possible|we can)\b|\bwhen(?:ever)? we can\b|\bin the near future\b|\bany (?:day|"
    r"time) now\b|"
    r"\bin a couple of (?:days|hours|weeks)\b|\bright away\b",
    re.IGNORECASE,
)
_ACT = re.compile(
    r"ます|予定|見込み|\b(?:will|shall|going to|let me)\b|'ll\b|’ll\b|\bwe're\b|\bi'm\b", re.IGNORECASE
)
_NOT_OURS = re.compile(
    r"ください|下さい|お願い|ました|ません|か[。？?]*$|\?\s*$|\bplease\b|\b(?:could|can|would) you\b|"
    r"\bnot\b|n't\b|\bif you\b",
    re.IGNORECASE,
)


def vague_wording(sentences: list[tuple[int, str]]) -> list[Vague]:
    """Vague words in sentences that say what we will do, with where they stand in the text."""
    found = []
    for start, sentence in sentences:
        if not _ACT.search(sentence) or _NOT_OURS.search(sentence):
            continue
        found += [
            Vague(match.group(), start + match.start(), start + match.end())
            for match in _VAGUE.finditer(sentence)
        ]
    return found
