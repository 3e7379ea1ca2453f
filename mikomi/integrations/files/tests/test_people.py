"""Customers from tables and vCards."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.integrations.files import building
from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.people import merge_people
from mikomi.integrations.files.reading import read_file
from mikomi.integrations.files.records import AddressRecord, PersonRecord
from mikomi.integrations.files.settings import ParseSettings
from mikomi.integrations.files.vcard import read_cards

SETTINGS = ParseSettings(ZoneInfo("Asia/Tokyo"))


def read(text: str) -> list[object]:
    reading = read_file(BytesIO(text.encode()), "customers", SETTINGS)
    return [*reading.issues, *reading.records()]


def only(text: str) -> PersonRecord:
    found = read(text)
    assert len(found) == 1, found
    assert isinstance(found[0], PersonRecord)
    return found[0]


def test_a_shopify_customer() -> None:
    person = only(
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Address1,"
        "Default Address City,"
        "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts "
        "SMS Marketing,Total Spent,Total Orders,Note,Tags\n"
        "'111,Ana,Pérez,ANA@Correo.com,yes,Calle 1,Bogotá,CO,'110111,'+573001112233,,no,150000.50,3,,\"a, b\""
    )
    assert person.external_ids == (("shopify", "111"),)
    assert (person.name, person.family_name, person.given_name) == ("Ana Pérez", "Pérez", "Ana")
    assert (person.emails, person.phones) == (("ana@correo.com",), ("+573001112233",))
    assert (person.consent_email, person.consent_sms) == (True, False)
    assert (person.total_spent, person.order_count, person.tags) == (Decimal("150000.50"), 3, ("a", "b"))
    assert (person.address.postal_code, person.address.city, person.address.country) == (
        "110111",
        "Bogotá",
        "CO",
    )


def test_a_japanese_customer_is_kept_as_given() -> None:
    person = only(
        "会員番号,氏名,フリガナ,メールアドレス,携帯電話番号,電話番号,郵便番号,都道府県,市区町村,"
        "番地,建物名,生年月日,メルマガ,登録日,備考\n"
        "M1,髙橋　一郎,タカハシ　イチロウ,ｉｃｈｉｒｏ@example.jp,090-1234-5678,03-1234-5678,"
        "〒150-0001,東京都,渋谷区,神宮前1-2,ハイツ3,昭和55年3月1日,希望しない,2024/1/5,常連"
    )
    assert (person.name, person.kana) == ("髙橋　一郎", "タカハシ　イチロウ")
    assert person.emails == ("ichiro@example.jp",)
    assert set(person.phones) == {"090-1234-5678", "03-1234-5678"}
    assert person.address == AddressRecord("", "東京都", "渋谷区", "150-0001", ("神宮前1-2", "ハイツ3"))
    assert (person.birthday, person.since, person.consent_email) == (
        date(1980, 3, 1),
        date(2024, 1, 5),
        False,
    )
    assert person.note == "常連"


@pytest.mark.parametrize(
    ("cell", "consent"),
    [
        ("yes", True),
        ("希望する", True),
        ("○", True),
        ("subscribed", True),
        ("no", False),
        ("×", False),
        ("", None),
        ("?", None),
    ],
)
def test_consent_is_yes_no_or_unknown(cell: str, consent: bool | None) -> None:
    assert only(f"氏名,メール,メルマガ\n山田,y@example.jp,{cell}").consent_email is consent


def test_a_refusal_counts_more_than_a_consent() -> None:
    assert only("Email,Newsletter,Unsubscribed from all email\na@example.com,yes,true").consent_email is False


def test_an_invalid_address_is_named_and_left_out() -> None:
    found = read("氏名,メール,電話\n山田,yamada(at)example.jp,03-1234-5678\n佐藤,sato@,")
    assert [(one.line, one.code) for one in found if isinstance(one, RowIssue)] == [
        (2, "bad_email"),
        (3, "bad_email"),
        (3, "no_person"),
    ]
    assert [one.emails for one in found if isinstance(one, PersonRecord)] == [()]


def test_several_addresses_in_a_cell() -> None:
    assert only("Name,Email\nA,A@example.com; b@example.com").emails == ("a@example.com", "b@example.com")


def test_a_row_about_nobody_is_refused() -> None:
    found = read("氏名,メール,備考\n,,何か")
    assert [one.code for one in found if isinstance(one, RowIssue)] == ["no_person"]


def test_a_file_of_orders_is_refused_as_customers() -> None:
    found = read("Name,Email,Lineitem name,Lineitem quantity\n#1,a@example.com,Tea,1")
    assert [one.code for one in found if isinstance(one, RowIssue)] == ["wrong_kind_orders"]


def test_two_rows_of_one_person_are_joined() -> None:
    first = PersonRecord(
        source="csv", name="山田", emails=("a@example.jp",), tags=("vip",), consent_email=True
    )
    later = PersonRecord(
        source="csv",
        name="Yamada",
        emails=("a@example.jp", "b@example.jp"),
        phones=("03",),
        consent_email=False,
    )
    merged = merge_people(first, later)
    assert (merged.name, merged.emails, merged.phones) == ("山田", ("a@example.jp", "b@example.jp"), ("03",))
    assert merged.consent_email is False


CARD = """BEGIN:VCARD
VERSION:3.0
N:山田;太郎;;;
FN:山田 太郎
X-PHONETIC-LAST-NAME:ヤマダ
X-PHONETIC-FIRST-NAME:タロウ
ORG:株式会社みこみ;営業部
item1.EMAIL;type=INTERNET;type=pref:Taro@Example.jp
EMAIL;type=HOME:taro@home.example.jp
TEL;type=CELL:090-1234-5678
TEL;type=FAX:03-0000-0000
ADR;type=HOME:;;神宮前1-2-3;渋谷区;東京都;150-0001;日本
BDAY:1980-03-01
CATEGORIES:vip,茶
NOTE:一行目\\n二行目\\, 続き
END:VCARD
"""


def test_a_card_with_its_reading() -> None:
    (person,) = read_cards(CARD.encode(), SETTINGS)
    assert isinstance(person, PersonRecord)
    assert (person.name, person.family_kana, person.given_kana) == ("山田 太郎", "ヤマダ", "タロウ")
    assert (person.emails, person.phones) == (("taro@example.jp", "taro@home.example.jp"), ("090-1234-5678",))
    assert (person.company, person.tags, person.birthday) == (
        "株式会社みこみ",
        ("vip", "茶"),
        date(1980, 3, 1),
    )
    assert person.address == AddressRecord("日本", "東京都", "渋谷区", "150-0001", ("神宮前1-2-3",))
    assert person.note == "一行目\n二行目, 続き"


def test_an_old_card_in_quoted_printable() -> None:
    name = "=8E=52=93=63;=91=BE=\n=98=59"
    data = (
        f"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{name}\nTEL;"
        f"CELL:09012345678\nSOUND;X-IRMC-N:ﾔﾏﾀﾞ;ﾀﾛｳ;;;\nEND:VCARD\n"
    )
    (person,) = read_cards(data.encode("cp932"), SETTINGS)
    assert isinstance(person, PersonRecord)
    assert (person.name, person.family_kana, person.phones) == ("山田 太郎", "ﾔﾏﾀﾞ", ("09012345678",))


def test_folded_lines_and_telephone_addresses() -> None:
    data = (
        b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Simon\r\n  Perreault\r\n"
        b'TEL;VALUE=uri;TYPE="work,voice":tel:+1-418-656-9254;ext=102\r\n'
        b"UID:urn:uuid:4f\r\nEND:VCARD\r\n"
    )
    (person,) = read_cards(data, SETTINGS)
    assert isinstance(person, PersonRecord)
    assert (person.name, person.phones, person.external_ids) == (
        "Simon Perreault",
        ("+1-418-656-9254",),
        (("vcard", "4f"),),
    )


def test_a_file_without_cards_says_so() -> None:
    assert [found.code for found in read_cards(b"hello", SETTINGS) if isinstance(found, RowIssue)] == [
        "bad_card"
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "BEGIN:VCARD",
                "END:VCARD",
                "FN:x",
                "N:;;",
                "N",
                "TEL;=:",
                "EMAIL:x",
                "EMAIL;PREF=9:a@b.jp",
                "=",
                " y",
                "BDAY:--0203",
                "ADR:a",
                "N;ENCODING=QUOTED-PRINTABLE;CHARSET=nope:=9=",
            ]
        ),
        max_size=12,
    )
)
def test_no_card_makes_it_raise(lines: list[str]) -> None:
    list(read_cards("\n".join(lines).encode(), SETTINGS))


def test_records_made_quickly_are_like_others() -> None:
    quick = building.make_person(source="csv", name="山田", address=AddressRecord(city="京都"))
    usual = PersonRecord(source="csv", name="山田", address=AddressRecord(city="京都"))
    assert type(quick) is PersonRecord
    assert quick == usual
    assert hash(quick) == hash(usual)
    with pytest.raises(AttributeError):
        quick.name = "佐藤"  # type: ignore[misc]
