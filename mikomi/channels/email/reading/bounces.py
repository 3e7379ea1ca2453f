"""Delivery reports: RFC 3464, and the free texts of the servers that never heard of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import limits
from .addresses import Address, parse_addresses
from .bounce_json import ses_bounces
from .bounce_reasons import HARD_REASONS, codes, reason_of
from .charset import clean, decode
from .mime import Entity, Headers, parse_entity, read_headers
from .parsed import Bounce
from .patterns import any_of

_MAX_BOUNCES = 200
_MAX_REPORT = 100_000
_MAX_GROUPS = 1_000
_BLANK = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_DELIVERED = ("delivered", "relayed", "expanded")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_DAEMON = any_of(
    r"""
mailer[-_.]?daemon|mail[-_. ]?(?:delivery|deliver)|postmaster|^mail(?:er)?@|mmdf
delivery[-_. ]?(?:sub|status|fail)|maildaemon|mail administrator|bounce|microsoft exchange
^system administrator|システム管理者|^smtp@|^root@|mail system|undeliver
"""
)
_SUBJECT = any_of(
    r"""
undeliver|unzustell
delivery (?:status|failure|fail|error|problem|report|has failed|delayed|notification|unsuccessful|incomplete|to)
(?:mail|message|e-?mail)(?: delivery)?[ -]?
    (?:fail|error|problem|system error|undeliver|not delivered|could not be|was not|rejected)
returned? (?:mail|to sender)|returning message|failure (?:notice|delivery)
failed (?:mail|delivery|message)|non[- ]?deliver|nondeliverable|warning: (?:could not|message)
could ?n.?t (?:be )?(?:send|deliver)|could not (?:send|deliver|be delivered)|permanent delivery
message delivery|mail failure|user unknown|message delayed|delayed mail
email address .{0,30}(?:invalid|unknown)|unable to deliver|delivery delay|bounced|未配信
配信(?:不能|エラー|失敗|できません)|送信(?:エラー|失敗|できません)|メール.{0,6}(?:届|送)|戻り
доставк|не доставлен|недоставлен|non remis
non distribu|nicht zugestellt|unzustellbar|no entregado|devuelto|mancata consegna|mensagem devolvida
onbestelbaar
"""
)
_ORIGINAL = any_of(
    r"""
-{2,}.{0,20}(?:this is a copy of (?:the|your)|original message|below this line|the header|returned message).*
-{2,}.{0,20}(?:unsent message|message header|included is|undelivered message|forwarded message|enclosed is).*
-{2,}.{0,20}(?:begin(?:ning)? (?:of )?(?:message|header)|copy of (?:the|your)|start of).*
.{0,20}(?:original message|message headers?|unsent message|your message|the header).{0,40}
    (?:follow|below|reads|is as).*
(?:received|return-path|x-original-to|message-id|dkim-signature): ?.*
=+ ?original.*|\*{3,} .*original.*
.*(?:元のメッセージ|オリジナル(?:の)?メッセージ).{0,20}
""",
    before=r"^",
    after=r"$",
    flags=re.I | re.M,
)
_ADDRESS = re.compile(
    r"(?<![\w.+\-/=])[\w.+\-/='!#$%&*?^{|}~]{1,64}@[A-Za-z0-9](?:[\w.\-]{0,250}[A-Za-z0-9])?"
)
_FAILING = re.compile(rf"^[ \t]*(?:[45]\d\d[ \-]+)?<?({_ADDRESS.pattern})>?(?:\.\.\.|:[ \n]|[ \t]*$)", re.M)
_NEXT_FAILURE = re.compile(r"\n[45]\d\d [^<\n]+\.\.\. ")
_MESSAGE_ID = re.compile(r"message-id: ?<[^<>]*>|\bid <[^<>]*>", re.I)


@dataclass(frozen=True, slots=True)
class BounceFinding:
    """Whether a message is a bounce, its reports by recipient, and the Message-ID of what bounced."""

    is_bounce: bool = False
    bounces: tuple[Bounce, ...] = ()
    original_message_id: str = ""


def find_bounces(root: Entity, sender: Address, subject: str, text: str) -> BounceFinding:
    """The delivery reports in a message; a report of success is none."""
    notified = ses_bounces(text) if sender.domain.endswith(("amazonaws.com", "amazonses.com")) else []
    if notified:
        return BounceFinding(True, tuple(notified))
    groups = list(_status_groups(root))
    failed = [group for group in groups if group.text("action").lower() not in _DELIVERED]
    if (groups and not failed) or not (groups or is_daemon(root, sender, subject)):
        return BounceFinding()
    report, original = _split_report(text[:_MAX_REPORT])
    headers = _original_headers(root, original)
    bounces = (
        _structured(failed, report, headers)
        if failed
        else _free_text(root, sender, report, original, headers)
    )
    if not bounces:
        return BounceFinding()
    return BounceFinding(True, tuple(bounces[:_MAX_BOUNCES]), _message_id(headers))


def is_daemon(root: Entity, sender: Address, subject: str) -> bool:
    """True when a mail server, and not a person, says that something was not delivered."""
    if "x-failed-recipients" in root.headers:
        return True
    by_daemon = bool(_DAEMON.search(sender.address) or _DAEMON.search(sender.name)) or not sender.address
    null_path = root.headers.text("return-path").replace(" ", "") in ("<>", "<MAILER-DAEMON>")
    failure = bool(_SUBJECT.search(subject))
    automatic = root.headers.text("auto-submitted").lower().startswith("auto-replied")
    if root.headers.text("auto-submitted").lower().startswith("auto-replied (vacation"):
        return False
    return (
        (by_daemon and (failure or null_path or not subject))
        or (null_path and failure)
        or (failure and automatic)
    )


def _split_report(text: str) -> tuple[str, str]:
    """(what the server says, the returned message)."""
    match = _ORIGINAL.search(text)
    while match and match.start() < 20:
        match = _ORIGINAL.search(text, match.end())
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


# --- RFC 3464 ------------------------------------------------------------------------------------------------------


def _status_groups(root: Entity) -> Iterator[Headers]:
    """The per-recipient groups of the report parts of this message (not of messages nested in it)."""
    parts = [entity for entity in root.walk() if entity.content_type in _STATUS_PARTS]
    if not parts and root.content_type == "text/plain" and root.parameters.get("report-type"):
        parts = [root]  # a report whose boundaries got lost
    for entity in parts:
        for paragraph in _BLANK.split(entity.content(limits.MAX_TEXT))[:_MAX_GROUPS]:
            group, _ = read_headers(paragraph, 0, len(paragraph))
            named = "final-recipient" in group or "original-recipient" in group
            if named or ("status" in group and "action" in group):
                yield group


def _structured(groups: list[Headers], report: str, original: Headers) -> list[Bounce]:
    bounces: dict[str, Bounce] = {}
    for group in groups:
        recipient = _recipient(group)
        said = group.text("diagnostic-code")
        diagnostic = _diagnostic(group, report, recipient, len(groups) == 1)
        status = _status(group.text("status"), said, diagnostic)
        reason = reason_of(said, diagnostic, status)
        bounces.setdefault(
            recipient or f"#{len(bounces)}",
            Bounce(
                recipient,
                status,
                group.text("action").lower()[:40],
                reason,
                reason in HARD_REASONS,
                _short(diagnostic),
            ),
        )
    return list(bounces.values())


def _recipient(group: Headers) -> str:
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        value = decode(group.get(name)).text
        found = _ADDRESS.search(value.partition(";")[2] or value)
        if found:
            return clean(found[0])
    return clean(group.text("final-recipient").partition(";")[2].strip(" <>"))


def _diagnostic(group: Headers, report: str, recipient: str, alone: bool) -> str:
    said = re.sub(r"^\s*[\w\-]+\s*;\s*", "", group.text("diagnostic-code"))
    more = (
        report if alone else "\n".join(part for address, part in _by_address(report) if address == recipient)
    )
    comment = group.text("status").partition("(")[2].rstrip(")")
    return "\n".join(piece for piece in (said, comment, more) if piece)


def _status(declared: str, said: str, diagnostic: str) -> str:
    """The declared status, or the more telling one that the server's own words hold."""
    own, _ = codes(declared)
    told, reply = codes(said)
    if not own or own.endswith(".0.0") or (told and not told.endswith(".0.0") and told[0] != own[0]):
        own = told or own or codes(diagnostic)[0]
    if not own:
        reply = reply or codes(diagnostic)[1]
        own = f"{reply[0]}.0.0" if reply else "5.0.0"
    return own


# --- free text -----------------------------------------------------------------------------------------------------


def _free_text(root: Entity, sender: Address, report: str, original: str, headers: Headers) -> list[Bounce]:
    recipients = _recipients(root, sender, report, headers)
    if not recipients:
        return []
    sections = dict(_by_address(report))
    bounces = []
    for recipient in recipients:
        section = report if len(recipients) == 1 else sections.get(recipient.lower(), "")
        status, reply = codes(section)
        status = status or (f"{reply[0]}.0.0" if reply else "5.0.0")
        reason = reason_of("", section, status)
        bounces.append(Bounce(recipient, status, "failed", reason, reason in HARD_REASONS, _short(section)))
    return bounces


def _recipients(root: Entity, sender: Address, report: str, headers: Headers) -> list[str]:
    named = [item.address for item in parse_addresses(root.headers.all("x-failed-recipients"))]
    if named:
        return _distinct(named, set())
    own = {item.address.lower() for item in parse_addresses(root.headers.all("to"))} | {
        sender.address.lower()
    }
    own |= {item.address.lower() for item in parse_addresses(headers.all("from"))}
    mentioned = _distinct([address for address, _ in _by_address(report)], own)
    addressed = [
        item.address for name in ("to", "cc", "x-original-to") for item in parse_addresses(headers.all(name))
    ]
    wanted = {address.lower() for address in addressed}
    both = [address for address in mentioned if address.lower() in wanted]
    failing = _distinct([match[1] for match in _FAILING.finditer(report)], own)
    if failing or both:
        return _distinct(failing + both, set())
    return [item for item in mentioned if not _DAEMON.search(item)] or _distinct(addressed, own)[:1]


def _distinct(addresses: list[str], without: set[str]) -> list[str]:
    found: dict[str, str] = {}
    for address in addresses:
        if "@" in address and address.lower() not in without:
            found.setdefault(address.lower(), address)
    return list(found.values())[:_MAX_BOUNCES]


def _by_address(report: str) -> list[tuple[str, str]]:
    """(address in lower case, the text from it to the next other address)."""
    report = _MESSAGE_ID.sub(" ", report)
    matches = list(_ADDRESS.finditer(report))
    found: dict[str, str] = {}
    for at, match in enumerate(matches[:2_000]):
        end = matches[at + 1].start() if at + 1 < len(matches) else len(report)
        key = match[0].lower().strip(".'")
        found[key] = found.get(key, "") + _NEXT_FAILURE.split(report[match.end() : end], maxsplit=1)[0]
    return list(found.items())


def _short(diagnostic: str) -> str:
    return clean(re.sub(r"\s+", " ", diagnostic)).strip()[:1_000]


# --- the message that bounced --------------------------------------------------------------------------------------


def _original_headers(root: Entity, original: str) -> Headers:
    """The headers of the returned message, from its part or from the text."""
    for entity in root.walk():
        if entity.content_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global",
        ):
            nested, _ = parse_entity(entity.content(limits.MAX_HEADER_BLOCK))
            if nested.headers.items:
                return nested.headers
    match = re.search(r"^[A-Za-z\-]{2,40}: ?\S", original, re.M)
    if not match:
        return Headers()
    data = original[match.start() : match.start() + 100_000].encode("utf-8", "replace")
    return read_headers(data, 0, len(data))[0]


def _message_id(headers: Headers) -> str:
    return clean(headers.text("message-id")).strip("<> ")[:998]
