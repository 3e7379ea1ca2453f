"""What mail servers write when they don't deliver, by the reason it stands for.

One regular expression a line, for text in lower case with blanks run together. The order matters: a text often
names more than one thing, the more telling one stands first.
"""

import re

from .patterns import any_of

HAS_MOVED = r"""
(?:user|recipient|account|mailbox|customer|contact) has moved
has moved to
no longer on server
address (?:has )?changed
has been replaced by
no longer (?:in use|valid).{0,60}new (?:e-?mail )?address
(?:account|mailbox) .{0,20}has been migrated
551 .{0,60}please (?:try|forward)
"""

MAILBOX_FULL = r"""
(?:mailbox|mail box|mailfolder|maildir|mail drop|inbox|account|disk|storage) .{0,20}(?:is |too )?full
full (?:mail ?box|inbox)
over (?:the |its |their |his |her |it's |allowed |disk )?(?:storage )?quota
quota (?:has been |is |would be )?(?:exceed|violation|full|over)
quota ?exceeded
exceed\w* .{0,40}(?:quota|storage|mail ?box|disk|space)
mail ?box .{0,30}exceed
insufficient (?:system |disk )?(?:storage|space|quota)
not enough (?:storage|disk|free) ?(?:space)?
out of (?:disk |storage )?(?:space|quota)
no space left
disk full|disk quota
storage .{0,20}(?:full|limit|exceed)
too many messages (?:in|on) (?:this|the|that) (?:mail ?box|maildrop|queue)
voll\b|plein|переполнен|lleno|llena|\bpiena|cheia|volle mailbox|pełna|přeplněn
size of .{0,30}mail ?box
メール(?:ボックス|サーバ).{0,20}(?:いっぱい|一杯|満杯|超)
容量(?:を|が|制限)?.{0,6}(?:超|オーバー|一杯|いっぱい|不足)
user .{0,40}is over
mail ?box size limit
has (?:exceeded|reached) .{0,30}(?:limit|quota|capacity) .{0,20}mail ?box
mail quota
the recipient has too many
"""

NO_RELAY = r"""
relay(?:ing)?(?: access)? (?:is |was |mail )?(?:denied|not permitted|prohibited|not allowed|disabled|
    rejected|not supported)
(?:unable|not (?:permitted|allowed|authori[sz]ed|able|willing)) to relay
no relay(?:ing)?
(?:do(?:es)? not|don.t|cannot|can.t|won.t) relay
insecure mail relay
mail server requires authentication when
is not relayed
rcpthosts
relaying
open relay
"""

REJECTED = r"""
\bsender\b[^;]{0,80}(?:reject|denied|invalid|exist|unknown|not found|not allowed|refused|verif|block|
    not valid|must resolve)
(?:\bmail from|\bfrom:|from address|from header|from domain|return[- ]?path|reverse[- ]?path|
    envelope from)(?![a-z])[^;]{0,90}(?:rejected|denied|invalid|exist|unknown|not found|not allowed|refused|
    verif|must resolve|missing)
domain of sender
sender (?:address|domain|e-?mail)
(?:bad|invalid|unknown|unverified|forged) (?:sender|return)
unable to verify .{0,20}sender
permission to (?:post|send)
(?:not (?:allowed|permitted|authori[sz]ed)|have permission|don.t have) to (?:send|post)
backscatter
"""

AUTH_FAILURE = r"""
\bdmarc\b
\bspf\b
\bdkim\b
sender policy framework
sender ?id\b
not pass.{0,40}authentication
authentication (?:checks?|results?) .{0,20}fail
unauthenticated (?:e-?mail|sender|message)
(?:lacks?|without|not have) .{0,30}authentication (?:information|results)
"""

REQUIRE_PTR = r"""
\bptr\b
reverse[ -]?(?:dns|ip|lookup|hostname|address|resolution|mapping)
cannot find your (?:hostname|reverse|host)
\bf?c?rdns\b
hostname .{0,60}does(?: not|n.t) (?:resolve|match)
cannot resolve (?:your|the client)
(?:no|without|missing) .{0,10}(?:reverse|ptr)
client host rejected: cannot find
"""

USER_UNKNOWN = r"""
users? ?(?:is |are |name )?(?:unknown|not found|not known|not listed|not exist)
(?:unknown|no such|nonexistent|non-existent|not a known|not a valid|nonexisting) (?:local )?(?:user|
    recipient|mail ?box|person|account|alias|address|id|local|e-?mail|contact|object)
(?:mail ?box|recipient|account|user|person|alias|customer|subscriber|e-?mail address|e-?mail account|
    address(?:ee)?)[^.;]{0,100}?(?:does(?: not|n.?t) exist|not exist|didn.t exist|doesn.t have|could(?:n.t|
     not) be found|was(?:n.t| not) found|not found|unknown|no longer exist|not (?:a )?known)
address (?:unknown|not found|couldn)
does(?: not|n.?t) have (?:an? )?(?:\S+ )?(?:account|mail ?box)
no (?:account|mail ?box|user|recipient|one) (?:by|here|with|found|for|exists|at|of|called|named)
no valid recipients?
not (?:our|a) (?:customer|user|subscriber|local user)
invalid (?:recipient|mail ?box|user|account|final)
recipient ?(?:not ?found|unknown|invalid)
recipnotfound
addressee unknown
nobody (?:by|with|at) (?:that|this)
there is no (?:one|user|such|account|mailbox)
this user doesn.t
not (?:listed )?in .{0,40}(?:directory|database|address book|domino|public name)
destinataire.{0,40}(?:inconnu|invalide|n'existe)|utilisateur inconnu|adresse .{0,40}(?:inconnue|invalide|
    n'existe)
utente .{0,20}(?:sconosciuto|non)|indirizzo .{0,30}(?:non esiste|sconosciuto)
empfänger .{0,40}(?:unbekannt|existiert nicht)|benutzer .{0,20}unbekannt|existiert nicht|unbekannter
usuario .{0,20}(?:desconocido|no existe|inexistente)|no existe|desconhecid|destinatario .{0,30}
    (?:desconocid|no existe)
не (?:существует|найден|зарегистрирован)|такого (?:пользователя|получателя|ящика|адреса)|нет такого|неизвестн
宛先.{0,40}(?:見つかり|不明|存在|間違|ありません)
(?:ユーザー?|アドレス|メールボックス|ディレクトリ).{0,60}(?:見つかりません|存在しません|不明|ありません)
次の(?:あて先|宛先).{0,60}(?:見つかり|存在しない)
(?:用户|收件人|地址|邮箱|帐户|用戶|收件者).{0,20}(?:不存在|未找到|无效|不正确)
존재하지 않|사용자.{0,20}없
"""

HOST_UNKNOWN = r"""
host (?:or domain name )?(?:is )?(?:unknown|not found|invalid|does not exist)(?!.{0,6}try again)
unknown (?:mail )?(?:host|domain)
domain (?:name )?(?:does(?: not|n.t) exist|not found|is invalid|is not found|unknown|invalid)
no such (?:domain|host)
unrout(?:e)?able (?:mail )?domain
name or service not known
nxdomain
host \S{1,90} not found
could(?:n.t| not) find (?:any|a|the) (?:host|domain)
bad destination (?:mail ?box )?system
domain .{0,80}(?:could(?:n.t| not) be found|isn.?t registered|not exist)
illegal (?:host|domain)
domain is not reachable
no (?:mx|mail servers?|mail exchangers?) .{0,40}(?:for|found)
all relevant mx records point to non-existent hosts
unable to (?:look ?up|resolve) .{0,30}(?:host|domain)
invalid (?:host|domain)(?: name)?
dns (?:error|lookup|server).{0,80}(?:non-?exist|no such|not found|nodata)
mx record .{0,30}(?:not found|does not exist)
ドメイン.{0,20}(?:存在|見つ|不明)
"""

NOT_ACCEPT = r"""
does ?n[o']?t accept (?:any )?(?:e-?mail|mail|smtp|messages)(?! (?:from|that|which|with))
destination seem to reject all mails
null ?mx
no mail accepted
(?:mail|smtp) (?:service|receiving|delivery) (?:is )?(?:disabled|not (?:available|enabled|offered))
does not receive mail
no smtp service
indicated no
non-delivery is intended
"""

VIRUS = r"""
virus
malware
infected
trojan
\bworm\b
ウイルス
dangerous (?:attachment|file|content)
"""

BLOCKED = r"""
(?:block|black|deny|bad|grey|gray|reject|access) ?list
\brbls?\b
dnsbl
spamhaus|spamcop|barracudacentral|sorbs|senderbase|uceprotect|surbl|invaluement|proofpoint
(?:blocked|banned|refused|rejected) (?:using|by \S+\.\S+|for spam|due to (?:its|the) (?:ip|reputation))
(?:\bip\b|client|host|server|network|connection|sender).{0,60}(?:is |has been |was |are )?(?:blocked|
    banned|blacklisted|listed|denied)
client host .{0,60}(?:blocked|rejected)
banned sending ip
reputation
access denied
connection (?:refused|rejected|dropped) .{0,30}(?:policy|reputation|by)
not accepting (?:connections|mail from)
smtp server of your isp
relay quota
go away
dynamic(?:ally)? (?:ip|assigned|pool)
no access from
(?:refused|reject\w*|block\w*|den\w+).{0,30}your (?:ip|host|server|network)
your (?:\S+ )?(?:ip|network|server|host|domain).{0,80}(?:block|\bban|deny|denied|reject)
greylist
user complaints
cannot accept (?:mail|messages|e-?mail) from you
(?:bad|invalid) helo
helo.{0,40}(?:reject|invalid|denied|resolve)
temporarily (?:deferred|blocked|rejected)
"""

SPAM = r"""
\bspam
unsolicited
junk
bulk ?(?:e-?)?mail
迷惑メール
phish
suspicious (?:url|link|content|message)
"""

TOO_BIG = r"""
(?:message|mail|size|content|attachment|data) .{0,20}(?:too (?:large|big|long)|exceed)
size (?:limit|exceed)
too (?:large|big)
exceeds? .{0,40}(?:size|limit|length|maximum)
maximum (?:message|allowed|mail) size
length exceeds
"""

RATE_LIMITED = r"""
too many (?:connections?|messages|recipients|concurrent|mails?|e-?mails|sessions|errors|invalid)
rate[ -]?limit|frequency limit|limit(?:ed)? rate
throttl
exceeded the (?:maximum|rate|limit|number|allowable)
receiving (?:mail|e-?mail) (?:at|too)
sending (?:limit|rate)
(?:daily|hourly) (?:limit|quota)
"""

SUSPENDED = r"""
(?:account|mail ?box|user|address|recipient|domain|e-?mail|inbox)[^.;]{0,80}(?:disabled|suspend|
    deactivated|inactive|locked|frozen|blocked|discontinued|closed|expired|terminated|not active|deleted)
(?:disabled|inactive|suspended|locked|expired) (?:recipient|account|mail ?box|user|address|e-?mail)
suspended
currently (?:disabled|inactive)
休止|停止|解約
"""

FILTERED = r"""
user (?:reject|refus|has blocked)
recipient (?:filter|refus|reject)\w* (?:the |this |your )?(?:message|mail|sender)
(?:rejected|refused|blocked) by (?:the )?(?:recipient|user)
header error
filter
not (?:accept|receiv)\w* (?:any )?(?:mail|messages|e-?mails?) from
受信(?:拒否|制限|設定)
extended inactivity
recipient has (?:blocked|rejected)
only accepts? (?:mail|messages|e-?mails?) from
restricted to .{0,40}(?:senders|members)
"""

POLICY = r"""
polic(?:y|ies)
not (?:permitted|authori[sz]ed|allowed)
security
(?:message|mail|e-?mail|content) (?:was |has been |is |not )?(?:rejected|refused|denied|allowed|unacceptable)
prohibited|restrict|forbidden|violat|unacceptable
complian|comply
\brfc ?\d+
bare (?:lf|cr)
messages with multiple
attachment|encrypt|certificate|starttls|\btls\b
authentication (?:required|failed|failure)
must (?:issue|authenticate)
"""

USER_UNKNOWN_MAYBE = r"""
recipient(?:s)?(?: address)?(?: was| has been| were| is)? (?:reject|not (?:ok|accept)|refused)
(?:bad|invalid|undeliverable|unroutable|unrouteable|malformed|illegal) (?:address|recipient|destination|
    mail ?box|user|e-?mail)
address .{0,20}(?:reject|error|invalid|incorrect)
mail ?box (?:is )?(?:not available|unavailable|not accessible|inaccessible)
(?:account|user|recipient) (?:is )?(?:not available|unavailable)
(?:isn.t|is not|not|aren.t) (?:a |an )?(?:known|valid|local|registered|existing)
delivery to .{0,60}refused
unknown
badrcptto
"""

NETWORK = r"""
connection (?:refused|reset|lost|closed|dropped|died|error)
no route to host
network (?:is )?(?:unreachable|error)
(?:connect|connection) (?:to|failed|attempt)
mail.{0,10}loop|loops? (?:back|detected)|looping|routing loop
too many hops|hop count
name ?(?:service|server)|\bdns\b|lookup
(?:could(?: not|n.t)|unable to|cannot|can.t) (?:connect|contact)
unreachable|not reachable
malformed or unexpected
not found,? try again
broken pipe
"""

EXPIRED = r"""
time(?:d)? ?-?out
retry time
expired
(?:giv(?:ing|en)|gave) up
could not .{0,60}(?:for (?:the last|more than|too long|\d)|past|last)
too long
(?:been|be|was) (?:delayed|in the queue|on the queue|queued|held)
\bdelay(?:ed)?\b|warning message
not (?:been )?delivered (?:within|after|for)
not respond|no response
(?:will be|is being) retried|still (?:trying|being)
failed \d+ (?:attempts|times)
(?:four|three|five|\d+) (?:hours|days)
deferred
"""

SYSTEM = r"""
(?:local|system|server|configuration|internal|software|service|mailer) .{0,20}(?:error|failure|problem|
    fault|unavailable)
temporar(?:y|ily)
try(?:ing)? (?:again|later)
i/?o error
cannot (?:open|create|write|append)
command (?:died|failed|died with)
exit(?:ed)? (?:status|code|with)
permission denied
"""


REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (reason, any_of(lines, flags=re.NOFLAG))
    for reason, lines in (
        ("hasmoved", HAS_MOVED),
        ("mailboxfull", MAILBOX_FULL),
        ("norelay", NO_RELAY),
        ("rejected", REJECTED),
        ("authfailure", AUTH_FAILURE),
        ("requireptr", REQUIRE_PTR),
        ("userunknown", USER_UNKNOWN),
        ("hostunknown", HOST_UNKNOWN),
        ("notaccept", NOT_ACCEPT),
        ("virusdetected", VIRUS),
        ("ratelimited", RATE_LIMITED),
        ("blocked", BLOCKED),
        ("spamdetected", SPAM),
        ("toobig", TOO_BIG),
        ("suspended", SUSPENDED),
        ("filtered", FILTERED),
        ("policy", POLICY),
        ("userunknown?", USER_UNKNOWN_MAYBE),
        ("networkerror", NETWORK),
        ("expired", EXPIRED),
        ("systemerror", SYSTEM),
    )
)

"""(reason, words), in the order of asking.

"userunknown?" gives way to a status code that says something else.
"""
