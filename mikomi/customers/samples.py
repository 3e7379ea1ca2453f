"""Made-up people for the sample business and the benchmarks: seeded, realistic, and nobody's.

E-mail addresses stand in domains reserved for examples. Japan reserves no telephone numbers for examples: the
numbers just count up, and nothing ever calls them. Names, kana, prefectures, cities and postal codes fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mikomi.customers.records import AddressRecord, ConsentRecord, PersonRecord

FAMILY = (
    "佐藤 サトウ sato|鈴木 スズキ suzuki|高橋 タカハシ takahashi|田中 タナカ tanaka|伊藤 イトウ ito|"
    "渡辺 ワタナベ watanabe|山本 ヤマモト yamamoto|中村 ナカムラ nakamura|小林 コバヤシ kobayashi|"
    "加藤 カトウ kato|吉田 ヨシダ yoshida|山田 ヤマダ yamada|佐々木 ササキ sasaki|"
    "山口 ヤマグチ yamaguchi|松本 マツモト matsumoto|井上 イノウエ inoue|木村 キムラ kimura|"
    "林 ハヤシ hayashi|斎藤 サイトウ saito|清水 シミズ shimizu|山崎 ヤマザキ yamazaki|森 モリ mori|"
    "池田 イケダ ikeda|橋本 ハシモト hashimoto|阿部 アベ abe|石川 イシカワ ishikawa|"
    "前田 マエダ maeda|藤田 フジタ fujita|小川 オガワ ogawa|後藤 ゴトウ goto|岡田 オカダ okada|"
    "長谷川 ハセガワ hasegawa|村上 ムラカミ murakami|近藤 コンドウ kondo|石井 イシイ ishii|"
    "髙木 タカギ takagi|坂本 サカモト sakamoto|遠藤 エンドウ endo|青木 アオキ aoki|藤井 フジイ fujii|"
    "西村 ニシムラ nishimura|福田 フクダ fukuda|太田 オオタ ota|三浦 ミウラ miura|"
    "岡本 オカモト okamoto|松田 マツダ matsuda|中川 ナカガワ nakagawa|中野 ナカノ nakano|"
    "原田 ハラダ harada|小野 オノ ono|田村 タムラ tamura|竹内 タケウチ takeuchi|金子 カネコ kaneko|"
    "和田 ワダ wada|中山 ナカヤマ nakayama|石田 イシダ ishida|上田 ウエダ ueda|森田 モリタ morita|"
    "原 ハラ hara|柴田 シバタ shibata|酒井 サカイ sakai|工藤 クドウ kudo|横山 ヨコヤマ yokoyama|"
    "宮崎 ミヤザキ miyazaki|宮本 ミヤモト miyamoto|内田 ウチダ uchida|高木 タカギ takagi|"
    "安藤 アンドウ ando|島田 シマダ shimada|谷口 タニグチ taniguchi|大野 オオノ ono|"
    "丸山 マルヤマ maruyama|今井 イマイ imai|河野 コウノ kono|藤原 フジワラ fujiwara|"
    "小島 コジマ kojima"
)
GIVEN = (
    "翔太 ショウタ shota|蓮 レン ren|大輔 ダイスケ daisuke|健太 ケンタ kenta|拓也 タクヤ takuya|"
    "誠 マコト makoto|浩 ヒロシ hiroshi|直樹 ナオキ naoki|和也 カズヤ kazuya|悠斗 ユウト yuto|"
    "陽向 ヒナタ hinata|湊 ミナト minato|隆 タカシ takashi|修 オサム osamu|茂 シゲル shigeru|"
    "実 ミノル minoru|亮 リョウ ryo|純 ジュン jun|学 マナブ manabu|雄一 ユウイチ yuichi|"
    "花子 ハナコ hanako|美咲 ミサキ misaki|陽菜 ヒナ hina|さくら サクラ sakura|結衣 ユイ yui|"
    "葵 アオイ aoi|凛 リン rin|愛 アイ ai|恵子 ケイコ keiko|由美子 ユミコ yumiko|明美 アケミ akemi|"
    "直美 ナオミ naomi|真由美 マユミ mayumi|裕子 ユウコ yuko|久美子 クミコ kumiko|和子 カズコ kazuko|"
    "幸子 サチコ sachiko|千尋 チヒロ chihiro|楓 カエデ kaede|彩 アヤ aya|舞 マイ mai|麻衣 マイ mai|"
    "智子 トモコ tomoko|陽子 ヨウコ yoko|洋子 ヨウコ yoko|めぐみ メグミ megumi|あかり アカリ akari|"
    "莉子 リコ riko|七海 ナナミ nanami|優 ユウ yu"
)
FOREIGN = (
    "Emily Carter en|James Wilson en|Olivia Brown en|Liam O'Connor en|Sofía García es|"
    "Lucas Martin fr|Anna Müller de|Jan de Vries nl|Wei Chen zh|Min-jun Kim ko|Linh Nguyễn vi|"
    "Maria da Silva pt|Priya Sharma en|Noah Anderson en"
)
PLACES = (
    "150-0001 東京都 渋谷区 神宮前 9|160-0022 東京都 新宿区 新宿 8|155-0031 東京都 世田谷区 北沢 7|"
    "180-0004 東京都 武蔵野市 吉祥寺本町 5|130-0013 東京都 墨田区 錦糸 4|"
    "220-0012 神奈川県 横浜市西区 みなとみらい 6|248-0006 神奈川県 鎌倉市 小町 3|"
    "330-0854 埼玉県 さいたま市大宮区 桜木町 4|260-0013 千葉県 千葉市中央区 中央 4|"
    "530-0001 大阪府 大阪市北区 梅田 7|542-0076 大阪府 大阪市中央区 難波 5|"
    "604-8005 京都府 京都市中京区 恵比須町 4|650-0021 兵庫県 神戸市中央区 三宮町 4|"
    "450-0002 愛知県 名古屋市中村区 名駅 5|460-0008 愛知県 名古屋市中区 栄 4|"
    "060-0042 北海道 札幌市中央区 大通西 4|980-0021 宮城県 仙台市青葉区 中央 3|"
    "920-0981 石川県 金沢市 片町 2|700-0821 岡山県 岡山市北区 中山下 2|"
    "730-0035 広島県 広島市中区 本通 3|812-0011 福岡県 福岡市博多区 博多駅前 4|"
    "860-0806 熊本県 熊本市中央区 花畑町 2|892-0842 鹿児島県 鹿児島市 東千石町 1|"
    "900-0015 沖縄県 那覇市 久茂地 2|380-0834 長野県 長野市 問御所町 1"
)
HOUSES = ("", "", "", "見本ハイツ", "サンプル荘", "メゾン例", "コーポ見本", "グランド見本")
DOMAINS = ("example.jp", "example.co.jp", "mail.example.jp", "example.com", "example.net", "example.org")
TAGS = ("常連", "ギフト利用", "店頭", "要連絡", "卸", "定期便")
FIRST_CHANNELS = ("web", "counter", "phone")


def _table(text: str) -> list[list[str]]:
    return [row.split(" ") for row in text.split("|")]


_FAMILY, _GIVEN, _PLACES = _table(FAMILY), _table(GIVEN), _table(PLACES)
_FOREIGN = [row.rsplit(" ", 1) for row in FOREIGN.split("|")]
_WEIGHTS = [int(row[-1]) for row in _PLACES]


def people(seed: int, count: int, *, today: date, first_number: int = 1) -> Iterator[PersonRecord]:
    """`count` people, always the same for a seed and day. Each has a number of its own in address and ids."""
    random = Random(seed)
    for number in range(first_number, first_number + count):
        if random.random() < 0.04:
            yield _foreigner(random, number, today)
        else:
            yield _japanese(random, number, today)


def _japanese(random: Random, number: int, today: date) -> PersonRecord:
    family, family_kana, family_latin = random.choice(_FAMILY)
    given, given_kana, given_latin = random.choice(_GIVEN)
    has_kana = random.random() < 0.85
    return PersonRecord(
        source="samples",
        family_name=family,
        given_name=given,
        family_kana=family_kana if has_kana else "",
        given_kana=given_kana if has_kana else "",
        honorific="様",
        emails=_emails(random, f"{given_latin}.{family_latin}", number),
        phones=_phones(random, number),
        external_ids=_ids(random, number),
        address=_address(random),
        company="株式会社見本" if random.random() < 0.03 else "",
        language="ja",
        birthday=_birthday(random, today) if random.random() < 0.5 else None,
        since=today - timedelta(days=int(random.triangular(0, 540, 160))),
        tags=tuple(tag for tag in TAGS if random.random() < 0.06),
        consents=tuple(_consents(random)),
        preferred_channel="email" if random.random() < 0.2 else "",
    )


def _foreigner(random: Random, number: int, today: date) -> PersonRecord:
    name, language = random.choice(_FOREIGN)
    given, _, family = name.partition(" ")
    latin = "".join(char for char in name.lower() if char.isascii() and char.isalpha())
    return PersonRecord(
        source="samples",
        family_name=family,
        given_name=given,
        emails=_emails(random, latin, number, always=True),
        phones=(),
        external_ids=_ids(random, number),
        address=_address(random),
        language=language,
        since=today - timedelta(days=random.randrange(540)),
        consents=tuple(_consents(random)),
    )


def _emails(random: Random, name: str, number: int, *, always: bool = False) -> tuple[str, ...]:
    if not always and random.random() < 0.08:
        return ()
    return (f"{name}{number}@{random.choice(DOMAINS)}",)


def _phones(random: Random, number: int) -> tuple[str, ...]:
    """A mobile number of one's own: the last eight digits count the people."""
    if random.random() < 0.25:
        return ()
    prefix = random.choice(("070", "080", "090"))
    digits = f"{10_000_000 + number:08d}"
    return (f"{prefix}-{digits[:4]}-{digits[4:]}",)


def _ids(random: Random, number: int) -> tuple[tuple[str, str], ...]:
    ids = [("shopify", str(6_000_000_000_000 + number * 7919))] if random.random() < 0.7 else []
    if random.random() < 0.35:
        ids.append(("loyalty", f"M{number:07d}"))
    return tuple(ids)


def _address(random: Random) -> AddressRecord:
    postal_code, region, city, town, _weight = random.choices(_PLACES, _WEIGHTS)[0]
    street = f"{town}{random.randint(1, 9)}-{random.randint(1, 30)}-{random.randint(1, 20)}"
    house = random.choice(HOUSES)
    lines = (street, f"{house}{random.randint(1, 9)}0{random.randint(1, 9)}") if house else (street,)
    return AddressRecord("JP", region, city, postal_code, lines)


def _birthday(random: Random, today: date) -> date:
    return today - timedelta(days=int(random.triangular(18 * 365, 85 * 365, 42 * 365)))


def _consents(random: Random) -> Iterator[ConsentRecord]:
    if random.random() < 0.6:
        yield ConsentRecord("email", "marketing", random.random() < 0.7)
    if random.random() < 0.04:
        yield ConsentRecord("email", "survey", False)
