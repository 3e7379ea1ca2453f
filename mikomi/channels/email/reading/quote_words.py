"""How mail programs introduce a quotation, a forwarded message and a signature, in the languages they speak."""

import re

from .patterns import any_of

_VERBS = any_of(
    r"""
wrote|writes|said|sent|schrieb|a écrit|écrivait|escribió|escribio|ha scritto|scrisse|schreef|geschreven
skrev|skriver|kirjoitti|napisał|napisała|napisal|napsal|napísal|написал|написала|написав|написала|пише
пишет|yazdı|yazmış|escreveu|đã viết|menulis|írta|έγραψε|כתב|كتب|a scris|je napisao|rašė|rakstīja
kirjutas|ha escrit|写道|寫道|写到|님이 작성|작성|썼습니다|書きました|書いた|のメール|からのメール|เขียน
"""
)
VERB = re.compile(
    rf"(?:^|[\s>\"'）)、，,]){_VERBS.pattern}(?:\(a\)|\(а\)|\(la\))?(?=\W|$)|(?:書きました|のメール|写道|寫道|작성)",
    re.I,
)
"""The verb of an attribution line."""

DATE = any_of(
    r"""
\b\d{4}[-/.年]\s?\d{1,2}[-/.月]|\b\d{1,2}[-/. ]+\d{1,2}[-/. ]+\d{2,4}\b|\b\d{1,2}\D{1,24}\d{4}\b
\D\d{1,2}, ?\d{4}\b|\b\d{1,2}[-. ][A-Za-z]{3}[-. ]\d{2,4}|\d{1,2}[:.]\d{2}(?:\s?[AaPp]\.?[Mm])?
\b\d{1,2}일
""",
    flags=re.NOFLAG,
)
ADDRESS = re.compile(r"[\w.+\-=]{1,64}@[\w.\-]{1,200}\w")
ATTRIBUTION_END = re.compile(r"[:：]\s*(?:<?br ?/?>)?$|\bwrote\s*(?:-{2,})?$")
ATTRIBUTION_START = re.compile(
    r"^(?:-{2,} ?)?(?:on|le|am|el|il giorno|il|op|den|em|på|vào|在|w dniu|dnia|in data|pada|dne|ve|於|于)\b.{0,30}\d",
    re.I,
)
SHARED_LINE = re.compile(r"^(.*[^\s\-].*?)(-{2,} ?On .{6,200} wrote:?\s*)$")

FIELDS = {
    "from": any_of(
        r"""
from|von|de|da|van|från|fra|od|от|від|kimden|lähettäjä|expéditeur|remitente|mittente|afzender|feladó
de la|từ|dari|pengirim|差出人|送信者|发件人|寄件者|寄件人|보낸 ?사람|από|מאת|من
"""
    ),
    "date": any_of(
        r"""
sent|date|gesendet|datum|envoyé le|envoyé|enviado el|enviado|enviada em|enviada|fecha|data|inviato
verzonden|skickat|sendt|dato|wysłano|odesláno|отправлено|дата|надіслано|gönderilen|gönderme tarihi|tarih
lähetetty|päiväys|sent at|date sent
送信日時|日時|日付|发送时间|发送日期|日期|寄件日期|傳送時間|보낸 ?날짜|날짜|gửi|đã gửi|ngày|dikirim
tanggal|elküldve
"""
    ),
    "to": any_of(
        r"""
to|an|à|para|a|aan|till|til|do|komu|кому|kime|vastaanottaja|vastaanottajat|pour|destinataire|宛先|收件人|收件者
받는 ?사람|đến|kepada|címzett|către
"""
    ),
    "cc": any_of(
        r"""
cc|bcc|kopie|kopia|kopi|copie|копия|bilgi|kopio|ｃｃ|抄送|副本|참조
"""
    ),
    "subject": any_of(
        r"""
subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|předmět|тема|konu|aihe|件名
主题|主題|主旨|제목|chủ đề|tiêu đề|subjek|perihal|tárgy|subiect
"""
    ),
    "reply": any_of(
        r"""
reply-to|reply to|antwort an|répondre à|返信先|回复
"""
    ),
}
FIELD_LINE = re.compile(
    r"^[ \t*>]{0,8}(?:"
    + "|".join(f"(?P<{kind}>{names.pattern})" for kind, names in FIELDS.items())
    + r")\s?\*?\s?[:：]\*?(?=.|$)",
    re.I,
)

ORIGINAL_BANNER = any_of(
    r"""
original message|original appointment|ursprüngliche (?:nachricht|mitteilung)|originalnachricht
message d['’]origine|message original|mensaje original|mensagem original|messaggio originale
oorspronkelijk bericht|originele bericht|ursprungligt meddelande|original(?:meddelelse|melding)
oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość
původní zpráva|исходное сообщение|оригинальное сообщение|вихідне повідомлення|orijinal (?:ileti|mesaj)
özgün ileti|thư gốc|pesan asli|eredeti üzenet|mesajul original|reply message
元のメッセージ|元のメール|オリジナル ?メッセージ
原始邮件|原始郵件|原邮件|원본 ?메(?:시지|일)
""",
    before=r"^[ \t>]*[-_=*]{2,}\s*",
    after=r"\s*[-_=*]{2,}",
)
FORWARD_BANNER = any_of(
    r"""
forwarded (?:message|by)|begin forwarded message|forwarded message|weitergeleitete nachricht
anfang der weitergeleiteten|message transféré|début du message (?:transféré|réexpédié)|mensaje reenviado
inicio del mensaje reenviado|mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato
inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd|vidarebefordrat|videresendt
välitetty viesti|przekazana wiadomość|přeposlaná|пересылаемое сообщение|転送(?:された)?メッセージ|転送メール
转发的?(?:邮件|信息)|轉寄|전달된 메(?:시지|일)
""",
    before=r"^[ \t>]*(?:[-_=*]{2,}\s*)?",
    after=r"\s*(?:[-_=*]{2,}|[:：])\s*$",
)

MOBILE_SIGNATURE = any_of(
    r"""
sent (?:from|with|via|by|using) (?:my |a |the |an )?(?!there|here)|get \[?outlook for
(?:\w+ )?from my (?:iphone|ipad|mobile|android|phone|blackberry)|someone from mobile
envoyé (?:depuis|de|à partir)|télécharge[rz] outlook|gesendet (?:von|mit|aus)
von meinem .{2,40} gesendet|diese nachricht wurde von|enviado (?:desde|do|de|a partir)|enviada do
inviato (?:da|dal)|verzonden (?:met|vanaf|via|met mijn)|verstuurd vanaf|skickat från|skickades från
sendt fra|sendt med|lähetetty|wysłan[eoy] z|odesláno z|отправлено (?:с|из)|надіслано з|gönderildi
iphone'umdan|gửi từ|đã gửi từ|iphone ?から送信|ipad ?から送信
(?:私の)?(?:iphone|ipad|android|スマートフォン|スマホ|携帯).{0,8}から(?:送信|の送信)|从我的 ?(?:iphone|ipad)
從我的 ?(?:iphone|ipad)|发自我的|나의 (?:iphone|ipad)에서|보낸 사람: ?iphone|\S+ ?から送信(?:されました)?$|送信元[:：]
""",
    before=r"^[ \t(<（\[*_]*",
)
MOBILE_DEVICE = any_of(
    r"""
iphone|ipad|ipod|i\w{3,12}|android|phone|mobile|galaxy|htc|nokia|blackberry|samsung|windows|outlook|mail
yahoo|gmail|handy|mobil|airmail|mailbox|ti-85|alcatel|oneplus|oppo|cell|device|tablet|телефон|почт
smartphone|portable|móvil|telefon|matkapuhelin|celular|xperia|huawei|xiaomi|pixel|verizon|wireless|送信|傳送
发送|我的|client|webmail|proton|spark|app\b|pc\b|mac\b|ordinateur
"""
)
SIGNATURE_MARK = re.compile(r"^(?:--|—|–|__)[ \t\xa0]*$")
RULE = re.compile(
    r"^[ \t]*(?:[-_=*~#+.・･〜～]{5,}|[─━═＝－‐―＿☆★◆◇□■△▲▽▼○●◎※＊┏┓┗┛┌┐└┘├┤┃│+\-=*~ 　]{4,})[ \t　]*$"
)
CONTACT = any_of(
    r"""
tel\b|fax\b|phone|mobile|e-?mail|mail ?[:：]|https?://|www\.|〒|電話|携帯|住所|所在地|ＴＥＬ|ＦＡＸ|ＵＲＬ|url ?[:：]
\d{2,4}-\d{2,4}-\d{3,4}|[\w.+\-]{1,64}@[\w\-]{1,64}\.\w
"""
)
ORGANISATION = any_of(
    r"""
株式会社|有限会社|合同会社|合資会社|財団法人|社団法人|医療法人|学校法人|\(株\)|（株）|㈱|\(有\)|㈲|事務所|事業部|営業部|部\s|課\s|支店|本社|商店|大学|病院
"""
)
POINTS_BELOW = re.compile(
    r"(?:以下|下記|次の|below|following|連絡先|住所|送り先|宛先|お届け先)[^。]*。?\s*$|[:：]\s*$"
)
