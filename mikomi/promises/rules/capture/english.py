"""Promises in English: "We'll call you on Tuesday between 2 and 4 pm"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time, timedelta

from mikomi.promises.rules.capture.days import (
    AFTERNOON_ENDS,
    EVENING_ENDS,
    NOON,
    Due,
    Frame,
    clock,
    exact,
)

Match = re.Match[str]


def promise_in(sentence: str, frame: Frame) -> tuple[str, Due] | None:
    """Kind and due time of the promise in a sentence; none when it holds none. `NoSuchDayError`."""
    text = _plain(sentence)
    if text.rstrip().endswith("?") or _ASKS.match(text) or _ASKED.search(text):
        return None
    for clause in _CLAUSES.split(text):
        found = _in_clause(clause, frame)
        if found is not None:
            return found
    return None


def _in_clause(clause: str, frame: Frame) -> tuple[str, Due] | None:
    said = None if _NOT_A_PROMISE.search(clause) else _what_we_do(clause)
    due = _due(clause, frame) if said else None
    return None if said is None or due is None else (_kind(said), due)


def _what_we_do(clause: str) -> str | None:
    """What is said from the verb on; none when nobody says that we do something. Of ourselves any act counts, of
    others and of things only what we are answerable for."""
    for will in _WILL.finditer(clause):
        rest = clause[will.end() :]
        if (will["ours"] or will["let"]) and not _IDLE.match(rest):
            return clause[will.start() :]
        if not will["ours"] and _ACT.match(rest):
            return clause[will.start() :]
    found = _STATED.search(clause)
    return clause[found.start() :] if found else None


# The words


def _plain(sentence: str) -> str:
    """Lower case, one kind of apostrophe, nothing of what others said."""
    text = unicodedata.normalize("NFKC", sentence).replace("’", "'").lower()
    return re.sub(r"\"[^\"]*\"|“[^”]*”", '""', text)


_CLAUSES = re.compile(r";|—| – |,? but |, so |, and (?=we|i\b|our|you|it|the)|, which ")
_ASKS = re.compile(
    r"\s*(?:did|do|does|shall|will|would|could|can|may|should|have|has|had|are|is|was|were|what|when|where|"
    r"which|who|why|"
    r"how|please|if|unless|in case|once|kindly)\b"
)
_ASKED = re.compile(
    r"\bplease (?:call|let|send|reply|contact|confirm|return|tell|write|give us|get back)|\b(?:could|can|"
    r"would) you\b|"
    r"\blet (?:us|me) know\b(?!.*\bwe'll\b)|\byou (?:said|wrote|asked|told|mentioned|promised|expected|"
    r"have until|must|"
    r"could|need|(?:can|may|should)(?! (?:expect|receive|have|hear|get)))\b|\"\""
)
_WILL = re.compile(
    r"\b(?P<ours>we|i)(?:'ll| will| shall|(?:'re|'m| are| am) going to| promise(?: to| that we'll)?| guarantee)\b|"
    r"\b(?P<let>let me)\b|\b(?:\w+(?:'ll)|will|shall|(?:is|are|'s|'re) going to|should)\b(?: also| then| probably)?"
)
_ACT = re.compile(
    r" (?:personally |gladly |also |now )?(?:call|phone|ring|telephone|contact|reach|get back|get in touch|"
    r"be in touch|reply|answer|e-?mail|send|"
    r"ship|dispatch|deliver|arrive|hear|get (?:a|an|your|our|the|it)\b|receive|have (?:it|this|that|your|"
    r"the|our|an?)\b|"
    r"leave our|leave the|go out|visit|come|fix|repair|replace|refund|credit|bring|drop|pick|collect|"
    r"install|finish|complete|"
    r"issue|release|update|confirm|let you know|give you|follow up|provide|check|look into|start|know|"
    r"be (?:ready|done|with you|"
    r"there|at your|by|in your|in the (?:post|mail)|on its way|on their way|calling|sent|posted|mailed|"
    r"shipped|shipping|dispatched|delivered|"
    r"refunded|credited|processed|repaired|fixed|finished|completed|released|replaced|issued|installed|"
    r"contacted|informed|"
    r"notified|updated|resolved|answered|available for))\b"
)
_IDLE = re.compile(
    r" (?:have an? (?!answer|update|reply|solution|replacement|quote|look|colleague|technician)|be (?:in|"
    r"at)\b(?! touch| your)|"
    r"be (?:closed|open|away|out|off|busy|on|unavailable|moving|attending|celebrating|happy|glad)|see|miss|"
    r"need|have to|"
    r"postpone|read|think|close|charge|raise|increase|wait|hold|keep|understand|close)\b"
)
_STATED = re.compile(
    r"\b(?:we|i)(?:'re|'m| are| am)? (?:ship|send|deliver|dispatch|call|phone|email|post)(?:p?ing)?\b|"
    r"\byou (?:can|may|should) expect\b|^\W*expect (?:a|an|our|my|your|the|delivery|to hear|to receive)\b|"
    r"\b(?:delivery|arrival|your \w+|it) is (?:guaranteed|promised|scheduled|expected)\b|"
    r"\b(?:it|(?:your|the) (?:\w+ )?(?:order|parcel|package|part|piece|item|items|goods|"
    r"replacement)) (?:goes out|go out|ships?|"
    r"leaves?|arrives?|comes?)\b"
)
"""Said without "will": "we're shipping it tomorrow", "expect a call on Friday", "your parcel goes out today"."""
_NOT_A_PROMISE = re.compile(
    r"\bnot\b|n't\b|\bnobody\b|\bno one\b|\bnever\b|\bcannot\b|\bunable\b|\bunfortunately\b|\bif\b|"
    r"\bunless\b|\bonce (?:we|you|the|it|your)\b|"
    r"\bas soon as (?:we|you|the|it|your)\b|\b(?:after|upon|from|of) (?:we|you|your|the|receipt|receiv\w+|"
    r"delivery|payment|"
    r"purchase|order)\b(?= (?:receiv|pay|confirm|arriv|order|payment|send|item|parcel|goods|return|"
    r"delivery)|ing|$|[.,])|"
    r"\bwould have\b|\bshould have\b|\bwere going to\b|\bwas going to\b|\bhope\b|\bwill be (?:closed|open|"
    r"away|out of|"
    r"charged|cancelled)\b|\byou(?:'ll| will) (?:need|have to)\b|\b(?:see|seeing) you\b|\blooking? forward\b|"
    r"\b(?:price|prices|sale|offer|campaign|coupon|event|subscription)s? (?:will|'ll)\b|\bevery\b|"
    r"\balways\b|\busually\b|"
    r"\bplaced (?:before|by|after|until)\b|\b(?:until|till|since|starting|as of)\b|\bonly\b|\bweek(?:days|ends)\b|"
    r"\bmay take\b|\b(?:call|contact|phone|tell|e-?mail|send|ask|visit|pay) (?:us|me)\b"
)

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("callback", re.compile(r"\b(?:call(?:ing|ed)?|phon(?:e|ing)|ring|telephone|a call)\b")),
    (
        "shipping",
        re.compile(
            r"\b(?:ships?|shipped|shipping|goes? out|on (?:its|their) way|dispatch(?:ed|ing)?|leaves? our|"
            r"(?:send|post|mail)(?:ing)?\b.{0,24}\b(?:parcel|package|order|"
            r"replacement|items?|goods))\b"
        ),
    ),
    (
        "delivery",
        re.compile(
            r"\b(?:deliver(?:ed|ing|y)?|arrives?|be with you|reach(?:es)? you|have it(?= (?:by|on|in|before|today|"
            r"tomorrow|within|no later))|bring|drop (?:it|them|your|the)|"
            r"(?:receive|have|get) (?:your|the) (?:\w+ )?(?:parcel|package|order|replacement|items?|goods|"
            r"delivery))\b"
        ),
    ),
    (
        "custom",
        re.compile(
            r"\b(?:get back|reply|answer|e-?mail|send|update|confirm|refund|credit|ready|fix(?:ed)?|repair|"
            r"visit|let you know|"
            r"hear from|come back|issue|replace|check|finish(?:ed)?|releas(?:e|ed)|process(?:ed)?|sort)\b"
        ),
    ),
)


def _kind(said: str) -> str:
    """By the first act that is named after "we will"."""
    places = [(found.start(), kind) for kind, pattern in _KINDS if (found := pattern.search(said))]
    # At the same word the more particular kind counts: "send your parcel" is shipping.
    return min(places, key=lambda place: place[0], default=(0, "custom"))[1]


# By when

_WORDS = (
    "half an",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS)} | dict.fromkeys(("a", "an", "the"), 1)
_NUMBERS |= {"fifteen": 15, "twenty": 20, "thirty": 30}
_COUNT = (
    r"(?:(?:\d{1,3}|one|two|three|four|five)\s*(?:-|–|to|or)\s*)?"
    r"(?P<n>\d{1,3}|half an|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|the)"
)
_SPAN = re.compile(
    r"\b(?:within|in|inside|in less than|in under)(?: the)?(?: next)?(?: about)? "
    + _COUNT
    + r"[ -](?P<unit>(?:business|working)[ -]days?|hours?|minutes?|mins?|days?|weeks?|months?)\b(?! (?:of|"
    r"after|from|before) )"
)
_FROM_NOW = re.compile(r"\b" + _COUNT + r" (?P<unit>days?|weeks?|hours?) from (?:today|now)\b")


def _due(clause: str, frame: Frame) -> Due | None:
    found = _SPAN.search(clause) or _FROM_NOW.search(clause)
    if found is not None:
        return _span(found, frame)
    day = _day(clause, frame)
    moment = _time(clause, frame, day or frame.today)
    if day is None:
        return None if moment is None else frame.next_at(moment)
    return day if moment is None else frame.at(day, moment)


def _span(found: Match, frame: Frame) -> Due:
    word, unit = found["n"], found["unit"]
    count = int(word) if word.isdigit() else _NUMBERS[word]
    if unit.startswith(("hour", "min")):
        minutes = 30 if word == "half an" else count * (60 if unit.startswith("hour") else 1)
        return (frame.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    if unit.startswith(("business", "working")):
        return frame.in_working_days(count)
    return frame.in_days(count * (1 if unit.startswith("day") else 7 if unit.startswith("week") else 30))


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NTH = r"(?:st|nd|rd|th)?"
_LAST = r"(?:\s*(?:and|to|-|–)\s*(?:the )?(?P<last>\d{1,2})" + _NTH + r"\b(?!:|\s*(?:am|pm)))?"
_YEAR = r"(?:,? (?P<y>\d{4}))?"
_WEEKDAY = (
    r"(?P<w>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?)\b"
)


def _named(match: Match, frame: Frame) -> date:
    month = _MONTHS.index(match["m"][:3]) + 1
    day = int(match.groupdict().get("last") or match["d"])
    return exact(int(match["y"]), month, day) if match["y"] else frame.of_year(month, day)


def _slashed(match: Match, frame: Frame) -> date:
    first, second = int(match["a"]), int(match["b"])
    return frame.of_year(second, first) if first > 12 else frame.of_year(first, second)


def _weekday(match: Match, frame: Frame) -> date:
    number = _WEEKDAYS.index(match["w"][:3])
    return frame.weekday(number, {"this": 0, "next": 1}.get(match["which"] or ""))


Rule = tuple[re.Pattern[str], Callable[[Match, Frame], date]]
_DAYS: tuple[Rule, ...] = (
    (
        re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
        lambda match, frame: exact(int(match["y"]), int(match["m"]), int(match["d"])),
    ),
    (re.compile(r"\b" + _MONTH + r" (?P<d>\d{1,2})" + _NTH + r"\b" + _LAST + _YEAR), _named),
    (re.compile(r"\b(?P<d>\d{1,2})" + _NTH + r"(?: of)? " + _MONTH + _YEAR), _named),
    (re.compile(r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/])"), _slashed),
    (
        re.compile(r"\bthe (?P<d>\d{1,2})(?:st|nd|rd|th)\b"),
        lambda match, frame: frame.of_month(int(match["d"])),
    ),
    (re.compile(r"\bday after tomorrow\b"), lambda match, frame: frame.in_days(2)),
    (re.compile(r"\btomorrow\b"), lambda match, frame: frame.in_days(1)),
    (re.compile(r"\bnext (?:business|working) day\b"), lambda match, frame: frame.in_working_days(1)),
    (re.compile(r"\b(?:(?P<which>this|next)(?: coming)? )?" + _WEEKDAY), _weekday),
    (
        re.compile(r"\b(?:end of (?:the|this)(?: \w+)? week|this week|later this week)\b"),
        lambda match, frame: frame.end_of_week(0),
    ),
    (
        re.compile(r"\b(?:early|beginning of|start of) next week\b"),
        lambda match, frame: frame.start_of_week(1),
    ),
    (re.compile(r"\bnext week\b"), lambda match, frame: frame.end_of_week(1)),
    (re.compile(r"\bend of next month\b|\bnext month\b"), lambda match, frame: frame.end_of_month(1)),
    (
        re.compile(r"\bend of (?:the|this) month\b|\bthis month\b|\bmonth'?s end\b"),
        lambda match, frame: frame.end_of_month(),
    ),
    (re.compile(r"\bend of the year\b|\bthis year\b"), lambda match, frame: exact(frame.today.year, 12, 31)),
    (
        re.compile(
            r"\btoday\b|\btonight\b|\bthis (?:morning|afternoon|evening)\b|\bend of (?:the |this )?day\b|\beod\b|"
            r"\bsame day\b"
        ),
        lambda match, frame: frame.today,
    ),
)
"""The more exact first: of "Friday, November 20" the date counts."""


def _day(clause: str, frame: Frame) -> date | None:
    for pattern, day_of in _DAYS:
        found = list(pattern.finditer(clause))
        if found:
            return day_of(found[-1], frame)
    return None


_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))?\s*(?P<half>a\.?m\b\.?|p\.?m\b\.?)|\b(?P<h2>\d{1,2}):(?P<m2>\d{2})\b|"
    r"\b(?P<h3>\d{1,2}) o'clock\b|\b(?:by|before|at) (?P<h4>\d{1,2})(?=$|[,.!]|\s+(?:today|tomorrow|on)\b)"
)


def _time(clause: str, frame: Frame, day: date) -> time | None:
    """The last time of day that is named: of "between 2 and 4 pm" the end counts."""
    moment = None
    for found in _CLOCK.finditer(clause):
        hour = int(found["h"] or found["h2"] or found["h3"] or found["h4"])
        half = (found["half"] or "").replace(".", "").strip()
        moment = clock(hour, int(found["m"] or found["m2"] or 0), half) or moment
    return moment or _part_of_day(clause, frame, day)


def _part_of_day(clause: str, frame: Frame, day: date) -> time | None:
    parts: tuple[tuple[str, time | None], ...] = (
        (r"\bnoon\b|\bmidday\b|\blunch ?time\b", NOON),
        (r"\bfirst thing\b", frame.first_thing(day)),
        (r"\bclose of business\b|\bcob\b|\bbefore we close\b|\bend of business\b", frame.closing(day)),
        (r"\bmorning\b", NOON),
        (r"\bafternoon\b", AFTERNOON_ENDS),
        (r"\bevening\b|\btonight\b", EVENING_ENDS),
    )
    return next((moment for words, moment in parts if moment and re.search(words, clause)), None)
