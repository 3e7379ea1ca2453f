"""Why a message was not delivered, told from what the servers said.

The words of many servers' free texts by the reason they stand for, and the codes of RFC 3463 where the words say
nothing. The order matters: a text often names more than one thing, the more telling one stands first.
"""

import re

HARD_REASONS = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})
"""The address itself is dead. Anything else may go away: a full mailbox, refused content, a blocked sender."""

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
_REPLY = re.compile(r"(?<![\d.\-:/@\[#])([45][0-5]\d)(?=[\s\-,;:\"')]|$)")
_AFTER_DATA = re.compile(
    r"after (?:end of data|data\b)|end of data command|in reply to (?:end of )?data|our final data|>>> (?:data|\.)\s*<<<"
)

# What servers write, in lower case with blanks run together.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("hasmoved", (
        r"has moved", r"user has moved to", r"no longer on server", r"address (?:has )?changed", r"has been replaced by",
        r"no longer (?:in use|valid).{0,60}new (?:e-?mail )?address", r"551 .{0,40}please try",
        r"(?:account|mailbox) .{0,20}has been migrated",
    )),
    ("mailboxfull", (
        r"mailbox (?:is |too )?full", r"full mailbox", r"over ?quota", r"over (?:the |its |their |it's )?(?:storage )?quota",
        r"quota (?:has been |is )?(?:exceed|violation|full)", r"exceed\w* .{0,30}(?:quota|storage|mailbox|disk|space)",
        r"mailbox .{0,30}exceed", r"insufficient (?:system|disk) (?:storage|space)", r"not enough (?:storage|disk|free) space",
        r"out of (?:disk |storage )?(?:space|quota)", r"no space left on", r"disk full", r"storage .{0,20}(?:full|limit)",
        r"(?:account|inbox|box) is (?:over|full)", r"maildir (?:over|delivery failed: user).{0,20}quota",
        r"too many messages in (?:this|the) (?:mailbox|maildrop)", r"voll|plein|переполнен|lleno|piena", r"size of .{0,30}mailbox",
        r"メールボックスが(?:いっぱい|一杯|満杯)", r"容量(?:を|が)?(?:超|オーバー|一杯|いっぱい)", r"out of memory",
        r"trop (?:plein|de)", r"dd .{0,30}over quota", r"user .{0,40}is over (?:their|the|his|its) quota",
    )),
    ("norelay", (
        r"relay(?:ing)?(?: access)? (?:is )?(?:denied|not permitted|prohibited|not allowed|disabled)", r"unable to relay",
        r"not (?:permitted|allowed|authorized) to relay", r"relaying denied", r"no relay(?:ing)?",
        r"we do not relay", r"not a valid gateway", r"insecure mail relay", r"mail (?:server )?requires authentication when",
        r"relay not permitted", r"is not relayed", r"rcpthosts", r"does not relay",
    )),
    ("hostunknown", (
        r"host (?:or domain name )?(?:is )?(?:unknown|not found|invalid|does not exist)", r"unknown host",
        r"(?:recipient|destination|remote)? ?domain (?:name )?(?:does not exist|not found|is invalid|is not found|unknown|invalid)(?!.{0,40}sender)",
        r"no such (?:domain|host)", r"unrout(?:e)?able (?:mail )?domain", r"name or service not known", r"nxdomain",
        r"host .{0,90}not found", r"couldn.?t find (?:any|a) host", r"bad destination (?:mailbox )?system",
        r"domain .{0,60}(?:couldn.?t be found|isn.?t registered|not exist)", r"illegal host/?domain", r"domain is not reachable",
        r"no (?:mx|mail servers?) .{0,40}for (?:this )?domain", r"all relevant mx records point to non-existent hosts",
        r"unable to (?:look ?up|resolve) .{0,30}(?:host|domain)", r"invalid (?:host|domain)(?: name)?", r"unrouteable mail domain",
        r"dns (?:error|lookup|server).{0,80}(?:non-?exist|no such|not found|nodata)", r"no mail server",
        r"ドメイン(?:名)?が(?:存在|見つ)", r"nullmx", r"mx record .{0,30}(?:not found|does not exist)",
    )),
    ("notaccept", (
        r"does ?n[o']?t accept (?:any )?(?:e-?mail|mail|smtp|messages)(?! from)", r"host/domain does not accept mail",
        r"domain .{0,60}does(?: not|n.t) accept", r"destination seem to reject all mails", r"null ?mx", r"no mail accepted",
        r"mail receiving disabled", r"does not receive mail", r"smtp service not (?:available|enabled)",
        r"recipient domain has null", r"not accept mail", r"non-delivery is intended",
    )),
    ("virusdetected", (r"virus", r"malware", r"infected", r"trojan", r"worm ", r"ウイルス", r"dangerous (?:attachment|file|content)",)),
    ("authfailure", (
        r"\bdmarc\b", r"\bspf\b", r"\bdkim\b", r"sender policy framework", r"not pass.{0,30}authentication",
        r"unauthenticated (?:e-?mail|sender)", r"sender id ", r"not authenticated", r"lacks? .{0,20}authentication",
    )),
    ("requireptr", (
        r"\bptr\b", r"reverse dns", r"reverse (?:ip )?(?:lookup|hostname|address)", r"cannot find your (?:hostname|reverse)", r"\brdns\b",
        r"no (?:reverse|ptr)", r"hostname .{0,40}does not resolve", r"client host rejected: cannot find", r"fcrdns",
        r"cannot resolve your", r"domain name mismatch",
    )),
    ("blocked", (
        r"block ?list", r"black ?list", r"\brbl\b", r"dnsbl", r"spamhaus", r"spamcop", r"barracudacentral", r"sorbs", r"blocked (?:using|by|for|due)",
        r"(?:ip|client|host|address|server|network|connection).{0,60}(?:is |has been |was )?(?:blocked|banned|blacklisted|listed)",
        r"client host .{0,60}(?:blocked|rejected)", r"banned sending ip", r"poor reputation", r"bad reputation", r"low reputation",
        r"senderbase", r"access denied", r"connection (?:refused|rejected|dropped) .{0,30}(?:policy|reputation)",
        r"not accepting connections", r"use the smtp server of your isp", r"daily relay quota", r"go away", r"dynamic(?:ally)? (?:ip|assigned)",
        r"no access from", r"refused .{0,30}your (?:ip|host|server)", r"your (?:ip|network|server).{0,80}(?:block|ban|deny|denied|reject)",
        r"unsolicited mail originating from your ip", r"greylist|gray ?list|grey ?list", r"deferred due to (?:unexpected|user complaints)",
        r"cannot accept (?:mail|messages) from you", r"bad helo|invalid helo|helo.{0,30}(?:reject|invalid|denied)", r"mail from \S+ is not welcome",
        r"temporarily deferred", r"temporarily blocked",
    )),
    ("spamdetected", (
        r"\bspam\b", r"unsolicited", r"junk mail", r"bulk ?mail", r"spam ?score", r"spammy", r"considered .{0,30}spam", r"identified as spam", r"迷惑メール",
        r"looks like (?:a )?(?:spam|phish)", r"phishing", r"suspicious (?:url|link|content)", r"bayes",
    )),
    ("toobig", (
        r"(?:message|mail|size|content) .{0,20}(?:too (?:large|big|long)|exceed)", r"size (?:limit|exceed)", r"too large", r"too big",
        r"exceeds .{0,40}(?:size|limit|length|maximum)", r"maximum (?:message|allowed|mail) size", r"length exceeds",
    )),
    ("ratelimited", (
        r"too many (?:connections|messages|recipients|concurrent|mails|emails|sessions|errors)", r"rate limit", r"frequency limit",
        r"throttl", r"exceeded the (?:maximum|rate|limit|number)", r"receiving (?:mail|email) at a rate", r"try again later.{0,30}rate",
        r"sending (?:limit|rate)", r"(?:daily|hourly) (?:limit|quota)", r"sent too",
    )),
    ("suspend", (
        r"(?:account|mailbox|user|address|recipient)[^.;]{0,80}(?:is |been |was )?(?:temporarily )?(?:disabled|suspended|deactivated|inactive|locked|frozen|blocked|discontinued|closed|expired|terminated)",
        r"disabled (?:recipient|account|mailbox|user)", r"inactive (?:user|account|mailbox|recipient)", r"suspended", r"currently (?:disabled|suspended|inactive)",
        r"account .{0,20}(?:closed|expired)", r"not logged in", r"mailbox (?:currently )?(?:unavailable )?.{0,10}disabled", r"temporarily disabled",
        r"domain is (?:currently )?(?:inactive|suspended|not active)", r"休止", r"停止",
    )),
    ("filtered", (
        r"user (?:reject|refus)", r"recipient (?:filter|refus|reject)\w* (?:the |this |your )?(?:message|mail|sender)", r"rejected by the recipient",
        r"header error", r"refused by recipient", r"dirisi|filter(?:ed|ing)", r"you (?:are|have been) (?:blocked|rejected) by the (?:recipient|user)",
        r"not (?:accept|receiv)\w* (?:mail|messages|e-?mails?) from (?:you|this|unknown|unlisted|the sender)", r"受信(?:拒否|制限)",
        r"due to extended inactivity", r"rejected by user", r"because the recipient has (?:blocked|rejected)", r"only accepts? (?:mail|messages) from",
        r"restricted to .{0,40}(?:senders|members)", r"does not accept (?:mail|messages|e-?mails?) from",
    )),
    ("rejected", (
        r"(?:sender|from:?|envelope|return)[ -]?(?:address|domain)?[^.;]{0,60}(?:reject|denied|invalid|does not exist|not exist|unknown|not found|not allowed|refused|verify|verification)",
        r"sender (?:rejected|denied|verify|is)", r"domain of sender", r"(?:sender|from).{0,10}domain", r"from: ?.{0,60}domain is invalid", r"mail from .{0,80}rejected",
        r"unable to verify .{0,20}sender", r"you do not have permission to post", r"permission to post", r"may not (?:have permission|post)", r"bad sender", r"invalid sender",
        r"sender .{0,40}(?:not|in)valid", r"reverse-?path", r"backscatter", r"not (?:allowed|permitted|authorized) to (?:send|post)", r"unable to send",
    )),
    ("policy", (
        r"policy", r"policies", r"not (?:permitted|authori[sz]ed|allowed)", r"delivery not authori[sz]ed", r"security", r"message (?:was )?(?:rejected|refused|denied|not allowed)", r"content (?:reject|refused|denied|not)",
        r"prohibited", r"restricted", r"forbidden", r"violat", r"unacceptable", r"rejected due to (?:content|its)", r"not comply", r"compliant", r"rfc ?\d+", r"bare (?:lf|cr)",
        r"multiple .{0,60}addresses", r"attachment", r"encrypt", r"certificate", r"starttls", r"\btls\b", r"authentication (?:required|failed|failure)", r"must (?:issue|authenticate)", r"header",
    )),
    ("userunknown", (
        r"user(?:name)?s? (?:is |are )?(?:unknown|not found|invalid|doesn.?t exist|not exist|does not exist|not known|not listed|not local)", r"unknown (?:user|recipient|address|mailbox|local|or illegal|account|alias|destination)", r"no such (?:user|recipient|mailbox|address|person|account|email|local|contact|id|object)",
        r"(?:mailbox|recipient|address|account|user|e-?mail|id)[^.;]{0,120}(?:does(?: not|n.?t) exist|not exist|not found|unknown|invalid|no longer|couldn.?t be found|wasn.?t found|not (?:a )?(?:valid|known)|is (?:un)?deliverable|not available|unavailable)",
        r"invalid (?:recipient|mailbox|address|user|final|account|email)", r"bad (?:address|recipient|destination|mailbox|user)",
        r"(?:isn.?t|is not|not a|aren.?t) (?:a |an )?(?:known|valid|local|registered|listed|existing) ?(?:user|recipient|mailbox|address|account|domain user)?", r"recipient(?: address)?(?: was| has been)? (?:reject|not (?:ok|found|accept))", r"address (?:reject|unknown|error)",
        r"no (?:account|mailbox|user|recipient|valid recipients?) (?:by|here|with|found|for|exists|at|in|of)", r"doesn.?t have (?:an? )?\S+ account", r"not (?:our|a) (?:customer|user|subscriber)", r"mailbox (?:unavailable|not)", r"undeliverable address", r"unrouteable address", r"unroutable address",
        r"not listed in", r"badrcptto|delivery to .{0,60}refused", r"not in (?:my|our|the) .{0,30}(?:list|directory|database|validrcptto)", r"recipients? (?:were|was|are|is) (?:not|un)", r"user .{0,80}(?:doesn.?t|does not|not) (?:exist|have)", r"nobody by that name", r"destinataire (?:invalide|inconnu)|destinataire .{0,20}(?:invalide|inconnu)|inconnu", r"utente (?:sconosciuto|non)",
        r"unbekannt|existiert nicht|ungültig", r"desconocid|no existe|inexistente", r"не (?:существует|найден)|такого (?:пользователя|получателя)|нет такого|неизвестн", r"宛先.{0,40}(?:見つかり|不明|存在|間違)", r"(?:ユーザー?|アドレス|メールボックス|ディレクトリ).{0,40}(?:見つかりません|存在しません|不明|ありません)",
        r"not a valid (?:recipient|mailbox|user)", r"there is no (?:one|user|such)", r"this user doesn.?t", r"couldn.?t be delivered.{0,60}unknown", r"user ?unknown", r"addressee unknown", r"recipient ?not ?found", r"recipnotfound", r"the email address .{0,60}(?:typed|entered|you)", r"unknown", r"usuario", r"dosn't exist", r"had permanent fatal",
    )),
    ("networkerror", (
        r"connection (?:refused|reset|lost|closed|dropped|died|error)", r"no route to host", r"network (?:is )?(?:unreachable|error)", r"connect(?:ion)? (?:to|failed|attempt)", r"loop", r"too many hops|hop count", r"name service error|name server|dns|lookup",
        r"could(?: not|n.t) connect|unable to connect|cannot connect|can.t connect", r"unreachable", r"mail for .{0,60}loops back", r"malformed or unexpected name server",
        r"not connect", r"lost connection", r"broken pipe",
    )),
    ("expired", (
        r"time(?:d)? ?-?out", r"retry time", r"delivery time expired|has expired|expired", r"giving up|given up|gave up", r"could not .{0,60}for (?:the last|more than|too long)", r"too long", r"been (?:delayed|in the queue|on the queue|queued)", r"\bdelayed\b|warning message", r"not (?:been )?delivered (?:within|after|for)", r"not respond", r"will be retried|still (?:trying|being)",
        r"failed \d+ attempts", r"(?:four|three|five|\d) (?:hours|days)", r"could not send .{0,40}(?:past|last)", r"unable to deliver .{0,60}(?:days|hours)", r"no response", r"deferred", r"не удалось .{0,40}течение",
    )),
    ("systemerror", (
        r"(?:local|system|server|configuration|internal|software|service|mailer) .{0,20}(?:error|failure|problem|fault|unavailable)", r"temporar(?:y|ily)", r"try(?:ing)? again", r"i/?o error", r"cannot (?:open|create|write|append)", r"command (?:died|failed|died with)", r"exit(?:ed)? (?:status|code|with)", r"pipe to", r"permission denied", r"not enough memory",
    )),
)  # fmt: skip
_TABLE = tuple((reason, re.compile("|".join(patterns))) for reason, patterns in _WORDS)

_BY_STATUS = {
    "5.1.1": "userunknown", "5.1.0": "userunknown", "5.1.3": "userunknown", "5.1.4": "userunknown", "5.1.2": "hostunknown", "5.1.6": "hasmoved",
    "5.1.10": "userunknown", "5.1.7": "rejected", "5.1.8": "rejected", "5.1.9": "systemerror", "5.2.0": "filtered", "5.2.1": "suspend",
    "5.2.2": "mailboxfull", "5.2.3": "toobig", "5.2.4": "filtered", "5.3.2": "notaccept", "5.3.4": "toobig", "5.4.4": "hostunknown",
    "5.4.1": "networkerror", "5.4.6": "networkerror", "5.4.7": "expired", "5.7.0": "policy", "5.7.1": "policy",
    "5.4.310": "hostunknown", "5.7.25": "requireptr", "5.7.26": "authfailure", "5.7.27": "notaccept", "5.4.300": "expired",
    "5.4.316": "expired",
}  # fmt: skip


def codes(text: str) -> tuple[str, str]:
    """(the most telling enhanced status code, the SMTP reply code) that the text names; empty where it names none."""
    found = [code for code in _STATUS.findall(text) if not code.startswith("2")]
    telling = [code for code in found if not code.endswith(".0.0")]
    reply = _REPLY.search(text)
    return (telling or found or [""])[0], reply[1] if reply else ""


def reason_of(diagnostic: str, status: str) -> str:
    """The reason that a server's words and its status code stand for; "undefined" when they tell nothing.

    "User unknown" after the text was sent is what filters say, not a dead address: servers that know their users
    refuse at the recipient.
    """
    text = re.sub(r"\s+", " ", diagnostic.lower())[:4_000]
    reason = next((reason for reason, words in _TABLE if words.search(text)), "")
    telling = _BY_STATUS.get(status, "")
    if reason == "userunknown" and _AFTER_DATA.search(text):
        return "filtered"
    if reason in ("", "systemerror", "networkerror") and telling:
        return telling if not reason or telling in HARD_REASONS else reason
    if reason in ("policy", "filtered", "rejected") and telling in HARD_REASONS:
        return telling
    return reason or ("expired" if status.startswith("4") else "undefined")
