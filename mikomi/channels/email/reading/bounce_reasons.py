"""Why a message was not delivered: from the words of the servers, and from the codes of RFC 3463."""

import re

from .bounce_words import REASONS
from .patterns import any_of

HARD_REASONS = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})
"""The address itself is dead. Anything else may go away: a full mailbox, refused content, a blocked sender."""

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
_REPLY = re.compile(r"(?<![\d.\-/@\[#])(?<!\d:)([45][0-5]\d)(?=[\s\-,;:\"')]|$)")
_ADDRESS = re.compile(r"<[^<>\s]{0,250}>|[^\s<>(),;:\"]{1,64}@[^\s<>(),;:\"]{1,250}")
_PATH = re.compile(r"(https?://[^/\s]{1,100})\S*")
_PHRASES = any_of(
    r"""
(?:the following|following)[^.:\n]{0,60}permanent fatal errors
this (?:is|has been) a (?:permanent|fatal) \w+|this message was created automatically[^\n]*
could not be delivered to one or more[^\n]*|for further assistance[^\n]*|i'?m (?:sorry|afraid)[^\n]*
if you do so[^\n]*|no further delivery attempts[^\n]*|message will be deleted[^\n]*
please (?:contact|include|send mail|see|visit|refer|check|direct)[^\n]*|delete your own text[^\n]*
message returned below[^\n]*|(?:the )?original message was received[^\n]*|transcript of session[^\n]*
with id \S+|attached below[^\n]*|this is the (?:mail system|postfix program|mailer-daemon)[^\n]*
за помощью[^\n]*|рекомендуем[^\n]*
""",
    flags=re.NOFLAG,
)
_SAID = re.compile(
    r"(?:^|\n)[^\n]{0,120}?(?:\b[45]\d\d[ \-]|reason:|said:|because)[^\n]*(?:\n[ \t]+[^\n]+){0,3}"
)
_DATA_FIRST = re.compile(r"^(?:(?!>>> ).)*?>>> data\s*(?:<<< 3\d\d[^\n]*\s*)?<<< 5", re.S)
_AFTER_DATA = re.compile(
    r"after (?:end of data|data\b)|end of data command|in reply to (?:end of )?data|our final data"
)

_BY_STATUS = {
    "5.1.0": "userunknown",
    "5.1.1": "userunknown",
    "5.1.2": "hostunknown",
    "5.1.3": "userunknown",
    "5.1.4": "userunknown",
    "5.1.6": "hasmoved",
    "5.1.7": "rejected",
    "5.1.8": "rejected",
    "5.1.10": "userunknown",
    "5.2.1": "suspended",
    "5.2.2": "mailboxfull",
    "5.2.3": "toobig",
    "5.3.2": "notaccept",
    "5.3.4": "toobig",
    "5.4.1": "networkerror",
    "5.4.4": "hostunknown",
    "5.4.6": "networkerror",
    "5.4.7": "expired",
    "5.4.300": "expired",
    "5.4.310": "hostunknown",
    "5.4.316": "expired",
    "5.7.0": "policy",
    "5.7.1": "policy",
    "5.7.25": "requireptr",
    "5.7.26": "authfailure",
    "5.7.27": "rejected",
}
_CERTAIN = frozenset({"5.1.6", "5.1.7", "5.1.8", "5.2.2", "5.2.3", "5.3.4", "5.7.25", "5.7.26", "5.7.27"})
"""Codes that nobody sends for anything else."""


def codes(text: str) -> tuple[str, str]:
    """(the most telling enhanced status code, the SMTP reply code) that the text names; empty where it names none."""
    found = [code for code in _STATUS.findall(text) if not code.startswith("2")]
    telling = [code for code in found if not code.endswith(".0.0")]
    reply = _REPLY.search(text)
    return (telling or found or [""])[0], reply[1] if reply else ""


def reason_of(said: str, context: str, status: str) -> str:
    """The reason of a failure; "undefined" when nothing tells it.

    `said` is what the server answered, `context` the report around it. "User unknown" after the text was sent is
    what filters say, not a dead address: servers that know their users refuse at the recipient.
    """
    if status in _CERTAIN:
        return _BY_STATUS[status]
    told = _words(said) or _words("\n".join(_SAID.findall(_plain(context)))) or _words(_plain(context))
    telling = _BY_STATUS.get(status, "")
    reason = _weigh(told, telling, status)
    if reason == "userunknown" and _is_after_data(said, context):
        return "filtered"
    return reason


def _weigh(told: str, telling: str, status: str) -> str:
    if told == "userunknown" and status.startswith("5.7."):
        return "filtered"  # a refusal by policy that calls itself "unknown"
    if told == "userunknown?":
        return telling or ("userunknown" if not status.startswith("4") else "expired")
    if told in ("", "systemerror", "expired", "policy", "filtered") and telling in HARD_REASONS:
        return telling
    return told or telling or ("expired" if status.startswith("4") else "undefined")


def _is_after_data(said: str, context: str) -> bool:
    return bool(
        _AFTER_DATA.search((said + "\n" + context).lower()) or _DATA_FIRST.match(context.lower()[:4_000])
    )


def _plain(text: str) -> str:
    """The text without addresses, paths and the sentences that stand in every report."""
    text = _PATH.sub(r"\1", text[:8_000].lower())
    return _PHRASES.sub(" ", _ADDRESS.sub(" ", text))


def _words(text: str) -> str:
    text = re.sub(r"\s+", " ", _ADDRESS.sub(" ", _PATH.sub(r"\1", text[:4_000].lower())))
    return next((reason for reason, words in REASONS if words.search(text)), "")
