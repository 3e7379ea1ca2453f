"""What does a column's header mean? By its words, never by its place."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.vocabulary import PARTS, ROLES, WHOLE

_NOISE = re.compile(r"[\s_\-:/'\"*※★?.;,&＆|【】\[\]{}<>]+")
_BRACKETS = re.compile(r"[(〔［（][^)〕］）]*[)〕］）]")
_KANA = re.compile(
    r"全角|半角|カタカナ|カナ|フリガナ|ふりがな|ひらがな|かな|ヨミガナ|よみがな|読み仮名|読みがな|ヨミ|よみ|読み|"
    r"katakana|furigana|kana|phonetic|yomi|pronunciation"
)
_ARRIVAL = "届|配送|配達|到着|着日|納品|受取|受け取り"
_PROMISES = (  # wishes and promises have too many names to list them all; the part of the day before the day
    (Field.REQUESTED_TIME, re.compile(f"(?:{_ARRIVAL}).*時間|(?:希望|指定).*時間|時間.*(?:希望|指定)")),
    (Field.SHIP_BY, re.compile("(?:発送|出荷).*(?:予定|期限|期日|目安|締切)")),
    (Field.REQUESTED_DATE, re.compile(f"(?:{_ARRIVAL}).*(?:希望|指定)|(?:希望|指定).*(?:{_ARRIVAL})")),
    (Field.DELIVER_BY, re.compile(f"(?:{_ARRIVAL}).*(?:予定|期限|期日|目安|約束)")),
)
_NOT_OURS = re.compile(r"fax|ファックス|ファクス|ファクシミリ|パスワード|password")
_KANA_PART = {
    **dict.fromkeys(["", "氏名", "名前", "お名前", "name", "fullname", "姓名", "の", "ご氏名"], "kana"),
    **dict.fromkeys(
        ["姓", "氏", "lastname", "last", "familyname", "名前姓", "お名前姓", "氏名姓"], "family_kana"
    ),
    **dict.fromkeys(["名", "firstname", "first", "givenname", "名前名", "お名前名", "氏名名"], "given_kana"),
}
_KANA_WHOLE = {
    **dict.fromkeys(["セイ", "せい", "お名前セイ", "名前セイ", "氏名セイ"], "family_kana"),
    **dict.fromkeys(["メイ", "めい", "お名前メイ", "名前メイ", "氏名メイ"], "given_kana"),
}
_LINE_PARTS = {
    **dict.fromkeys(["名", "名称", "名前", "name", "title", "タイトル"], Field.LINE_NAME),
    **dict.fromkeys(["id"], Field.PRODUCT_ID),
    **dict.fromkeys(["コード", "番号", "型番", "品番", "sku", "code", "number", "no", "管理番号"], Field.SKU),
    **dict.fromkeys(
        ["数量", "個数", "数", "点数", "販売個数", "quantity", "qty", "購入数", "注文数"], Field.QUANTITY
    ),
    **dict.fromkeys(
        [
            "価格",
            "単価",
            "販売価格",
            "金額",
            "販売価格消費税込",
            "販売価格税込",
            "price",
            "unitprice",
            "税込価格",
            "税込単価",
        ],
        Field.UNIT_PRICE,
    ),
    **dict.fromkeys(["小計", "合計", "合計金額", "total", "subtotal"], Field.LINE_TOTAL),
    **dict.fromkeys(
        ["バリエーション", "オプション", "種類", "規格", "variant", "option", "variation"], Field.VARIANT
    ),
    **dict.fromkeys(["割引", "値引", "discount"], Field.LINE_DISCOUNT),
}


@lru_cache(maxsize=4096)
def normalise(header: str) -> str:
    """One spelling for all: width, case, blanks, hyphens and marks don't matter. Brackets stay."""
    text = unicodedata.normalize("NFKC", header).lower().strip("\ufeff\u200b")
    return _NOISE.sub("", text)


def unique_names(header: Sequence[str]) -> list[str]:
    """The header's names, a second one of the same name with its count: 住所, 住所 (2)."""
    seen: dict[str, int] = {}
    names = []
    for raw in header:
        name = raw.strip()
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def fingerprint(header: Sequence[str]) -> str:
    """The same for headers with the same names in any order: what a remembered mapping is found by."""
    names = sorted(normalise(name) for name in unique_names(header))
    return sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()


_MEASUREMENTS = {
    Field.MEASURED_VALUE: ("value", "measured", "measurement", "result", "reading", "測定値", "実測値",
                           "値", "結果", "数値"),
    Field.MEASURED_AT: ("measuredat", "date", "datetime", "time", "when", "at", "day", "測定日時", "測定日",
                        "日時", "日付"),
    Field.MEASURED_UNIT: ("unit", "units", "単位"),
    Field.MEASURED_ITEM: ("item", "serial", "serialnumber", "sample", "個体", "個体番号", "製造番号",
                          "シリアル", "試料"),
    Field.MEASURED_BY: ("measuredby", "by", "source", "lab", "tester", "測定者", "測定元", "出所", "出典", "試験機関"),
    Field.MEASURED_ID: ("id", "key", "number", "no", "番号", "管理番号", "測定番号"),
    Field.MEASURED_NOTE: ("note", "notes", "comment", "remarks", "備考", "メモ"),
}  # fmt: skip


def measured(names: Sequence[str]) -> dict[str, Field]:
    """The columns of a file of measurements: of each field the first that is called by one of its words."""
    found: dict[Field, str] = {}
    for field, words in _MEASUREMENTS.items():
        for word in words:
            name = next((name for name in names if normalise(name) == word), None)
            if name is not None:
                found.setdefault(field, name)
    return {name: field for field, name in found.items()}


@lru_cache(maxsize=4096)
def meaning(header: str, *, of_people: bool = False) -> Field | None:
    """The field that a header names, None if it names none we know. `of_people`: in a file of customers."""
    text = normalise(header)
    if not text or _NOT_OURS.search(text):
        return None
    without_brackets = _NOISE.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", header).lower()))
    inside = text.replace("(", "").replace(")", "")
    for form in (inside, without_brackets, inside.lstrip("おご")):
        found = _person_meaning(form) if of_people else _order_meaning(form)
        if found is not None:
            return found
        if _KANA.search(form):
            return None  # the reading of something; without the word it would pass for the thing itself
    return None


def _order_meaning(text: str) -> Field | None:
    found = _whole().get(text) or _composed(text)
    if found is not None:
        return found
    return next((field for field, pattern in _PROMISES if pattern.search(text)), None)


def _person_meaning(text: str) -> Field | None:
    found = _composed(text) or _whole().get(text)
    if found == Field.TOTAL:
        return Field.TOTAL_SPENT
    return found if found is not None and (found.startswith("person.")) else None


def _composed(text: str) -> Field | None:
    """A role and a part; without a role the part belongs to the customer."""
    for word, role in _role_words():
        if text.startswith(word):
            rest = text[len(word) :]
        elif text.endswith(word) and not word.isascii():
            rest = text[: -len(word)]
        else:
            continue
        found = _with_role(role, rest.removeprefix("の").removeprefix("様").removeprefix("情報"))
        if found is not None:
            return found
    return _with_role("person", text)


def _with_role(role: str, rest: str) -> Field | None:
    if role == "line":
        found = _LINE_PARTS.get(rest) or _whole().get(rest)
        return found if found is not None and found.startswith("line.") else None
    part = _part(rest) if rest else "name"
    if part is None or (role == "ship" and f"ship.{part}" not in Field._value2member_map_):
        return None
    return Field(f"{role}.{part}")


def _part(text: str) -> str | None:
    found = _parts().get(text) or _KANA_WHOLE.get(text)
    if found is not None:
        return found
    without_kana, count = _KANA.subn("", text)
    return _KANA_PART.get(without_kana) or _KANA_WHOLE.get(without_kana) if count else None


@lru_cache(maxsize=1)
def _whole() -> dict[str, Field]:
    return {word: field for field, words in WHOLE.items() for word in words}


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    return {word: part for part, words in PARTS.items() for word in words}


@lru_cache(maxsize=1)
def _role_words() -> list[tuple[str, str]]:
    words = [(word, role) for role, text in ROLES.items() for word in text]
    return sorted(words, key=lambda pair: -len(pair[0]))


def rank(field: Field, header: str) -> int:
    """How well a header names its field, 0 the best: where several columns mean the same, the best is taken."""
    words = WHOLE.get(field, [])
    text = normalise(header)
    return words.index(text) if text in words else len(words)
