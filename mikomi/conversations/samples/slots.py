"""What is filled into the dialogues: wares, dates, occasions, and how people begin and end a message."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mikomi.core.letter_dates import letter_day

if TYPE_CHECKING:
    from mikomi.conversations.samples.dialogues import SampleCustomer

CHANNELS = {"email": 62, "webform": 33, "api": 5}
"""Where conversations begin, by weight."""

ITEMS = {
    "ja": (
        *(
            "有田焼の飯碗",
            "杉の曲げわっぱ",
            "南部鉄器の急須",
            "江戸切子のグラス",
            "漆塗りの汁椀",
            "益子焼の大皿",
        ),
        *(
            "リネンのエプロン",
            "手ぬぐいのセット",
            "真鍮の一輪挿し",
            "ヒノキのまな板",
            "竹の箸",
            "銅の卵焼き器",
        ),
        *(
            "美濃焼のマグカップ",
            "ガラスの醤油差し",
            "藍染めの風呂敷",
            "木製の弁当箱",
            "土鍋",
            "琺瑯の保存容器",
        ),
    ),
    "en": (
        *("Arita rice bowl", "cedar lunch box", "Nambu iron teapot", "Edo cut glass", "lacquer soup bowl"),
        *("Mashiko plate", "linen apron", "brass bud vase", "hinoki cutting board", "copper egg pan"),
        *("Mino mug", "indigo wrapping cloth", "clay pot", "enamel container"),
    ),
}
_EVENTS = {
    "ja": (
        "母の日",
        "父の日",
        "敬老の日",
        "誕生日",
        "結婚祝い",
        "出産祝い",
        "お歳暮",
        "クリスマス",
        "還暦祝い",
    ),
    "en": ("Mother's Day", "a birthday", "a wedding", "Christmas", "our anniversary"),
}
_COLOURS = {
    "ja": ("藍色", "生成り", "白", "黒", "朱色", "若草色"),
    "en": ("indigo", "natural", "white", "black", "green"),
}
_SIZES = {"ja": ("大きいサイズ", "小さいサイズ", "中サイズ"), "en": ("large", "small", "medium")}
_CARRIERS = {
    "ja": ("ヤマト運輸", "佐川急便", "日本郵便"),
    "en": ("Yamato Transport", "Sagawa Express", "Japan Post"),
}
_PLACES = {
    "ja": ("横浜市", "京都市", "札幌市", "福岡市", "仙台市", "金沢市", "松本市", "高松市", "那覇市"),
    "en": ("Yokohama", "Kyoto", "Singapore", "Sydney", "Berlin"),
}

GREETINGS = {
    ("ja", "in"): (
        "",
        "こんにちは。",
        "お世話になっております。{customer}です。",
        "はじめまして。{family}と申します。",
        "お世話になります。",
        "突然のご連絡失礼いたします。",
        "いつも利用しています。",
    ),
    ("ja", "out"): (
        "{customer} 様\n\n{shop}の{staff}でございます。",
        "{customer} 様\n\nお問い合わせありがとうございます。{shop}の{staff}です。",
        "{customer} 様\n\nいつもご利用いただき、ありがとうございます。{shop} {staff}でございます。",
        "{customer} 様\n\nお待たせいたしました。{shop}の{staff}でございます。",
    ),
    ("en", "in"): ("", "Hello,", "Hi there,", "Good morning,", "Dear {shop},"),
    ("en", "out"): ("Dear {customer},", "Hello {customer},", "Dear {customer}, thank you for writing."),
}
CLOSINGS = {
    ("ja", "in"): (
        "",
        "よろしくお願いいたします。",
        "よろしくお願いします。\n{family}",
        "お手数ですが、よろしくお願いします。",
        "{customer}",
        "ご返信お待ちしております。",
    ),
    ("ja", "out"): (
        "今後ともよろしくお願いいたします。\n\n{shop}\n{staff}",
        "ご不明な点がございましたら、お気軽にご連絡ください。\n\n{shop} {staff}",
        "何かございましたら、このメールにご返信ください。\n\n{shop}\n担当 {staff}",
    ),
    ("en", "in"): ("", "Thanks,\n{customer}", "Best regards,\n{customer}", "{customer}"),
    ("en", "out"): ("Kind regards,\n{staff}\n{shop}", "Best wishes,\n{staff}, {shop}"),
}


class Slots:
    """The values of one conversation: each slot is chosen once, so that its messages agree."""

    def __init__(
        self, chance: random.Random, customer: SampleCustomer, began: datetime, language: str
    ) -> None:
        soon = (began + timedelta(days=chance.randrange(1, 12))).date()
        self._values = {
            "item": chance.choice(customer.items or ITEMS[language]),
            "order": chance.choice(customer.orders)
            if customer.orders
            else f"#{chance.randrange(1001, 9999)}",
            "day": letter_day(soon, language).partition("年")[2] or letter_day(soon, language),
            "amount": f"¥{chance.randrange(8, 180) * 100:,}",
            "carrier": chance.choice(_CARRIERS[language]),
            "tracking": "-".join(f"{chance.randrange(10_000):04d}" for _part in range(3)),
            "size": chance.choice(_SIZES[language]),
            "colour": chance.choice(_COLOURS[language]),
            "event": chance.choice(_EVENTS[language]),
            "place": chance.choice(_PLACES[language]),
            "family": customer.family_name or customer.name,
        }

    def __getitem__(self, name: str) -> str:
        return self._values[name]
