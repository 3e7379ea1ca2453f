"""Headers: whose file is it, and which column holds what?"""

import pytest

from mikomi.integrations.files.fields import LABELS, Field
from mikomi.integrations.files.formats import BY_NAME, KNOWN, USUAL
from mikomi.integrations.files.headers import fingerprint, meaning, unique_names
from mikomi.integrations.files.recognition import by_hand, recognise

BASE = [
    "注文ID",
    "注文日時",
    "氏(請求先)",
    "名(請求先)",
    "郵便番号(請求先)",
    "都道府県(請求先)",
    "住所(請求先)",
    "住所2(請求先)",
    "電話番号(請求先)",
    "メールアドレス(請求先)",
    "氏(配送先)",
    "名(配送先)",
    "郵便番号(配送先)",
    "都道府県(配送先)",
    "住所(配送先)",
    "住所2(配送先)",
    "電話番号(配送先)",
    "備考",
    "商品名",
    "バリエーション",
    "価格",
    "税率",
    "数量",
    "合計金額",
    "送料",
    "支払い方法",
    "代引き手数料",
    "発送状況",
    "商品ID",
    "種類ID",
    "購入元",
    "配送日",
    "配送時間帯",
    "注文メモ",
    "調整金額",
]
RAKUTEN = [
    "注文番号",
    "ステータス",
    "注文日時",
    "注文日",
    "注文時間",
    "注文者郵便番号1",
    "注文者郵便番号2",
    "注文者住所都道府県",
    "注文者住所郡市区",
    "注文者住所それ以降の住所",
    "注文者姓",
    "注文者名",
    "注文者姓カナ",
    "注文者名カナ",
    "注文者電話番号1",
    "注文者電話番号2",
    "注文者電話番号3",
    "注文者メールアドレス",
    "送付先姓",
    "送付先名",
    "商品名",
    "商品番号",
    "単価",
    "個数",
    "お届け時間帯",
    "お届け日指定",
    "発送完了報告日時",
    "お荷物伝票番号",
]
SHOPIFY = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Currency",
    "Total",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Id",
    "Billing Name",
]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (BASE, "base_orders"),
        (RAKUTEN, "rakuten_orders"),
        (SHOPIFY, "shopify_orders"),
        (["First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent"], "shopify_customers"),
        (
            ["First Name", "Last Name", "Email", "Company", "Address1", "Zip", "Accepts Marketing"],
            "shopify_customers_old",
        ),
        (
            [
                "order-id",
                "order-item-id",
                "purchase-date",
                "buyer-email",
                "sku",
                "quantity-purchased",
                "item-price",
                "promise-date",
            ],
            "amazon_orders",
        ),
        (["売上ID", "受注日", "購入者 名前", "購入商品 商品名"], "colorme_orders"),
        (["注文番号", "注文日", "作品名", "発送予定日", "発送日"], "creema_orders"),
        (["会員ID", "会員コード", "姓", "名", "電話番号"], "smaregi_members"),
        (["Record ID", "First Name", "Last Name", "Email", "Phone Number"], "hubspot_contacts"),
        (["OrderId", "OrderTime", "ShipRequestDate", "ItemId", "Quantity"], "yahoo_orders"),
        (["受注番号", "受注日", "氏名", "品名", "個数", "単価"], "orders"),
        (["氏名", "フリガナ", "メール", "電話"], "customers"),
    ],
)
def test_a_file_is_known_by_its_header(header: list[str], name: str) -> None:
    match = recognise(header)
    assert match.format.name == name
    assert match.missing == ()


def test_the_place_of_a_column_means_nothing() -> None:
    turned = list(reversed(BASE))
    assert recognise(turned).mapping == recognise(BASE).mapping
    assert fingerprint(turned) == fingerprint(BASE)
    assert fingerprint([*BASE, "another"]) != fingerprint(BASE)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("ご注文番号", Field.NUMBER),
        ("受注日時", Field.ORDERED_AT),
        ("Order Date", Field.ORDERED_AT),
        ("order_id", Field.NUMBER),
        ("注文者の氏名", Field.PERSON_NAME),
        ("購入者 フリガナ", Field.PERSON_KANA),
        ("氏名（カナ）", Field.PERSON_KANA),
        ("お名前(姓)", Field.PERSON_FAMILY),
        ("お名前(セイ)", Field.PERSON_FAMILY_KANA),
        ("Last Name", Field.PERSON_FAMILY),
        ("電話番号（携帯）", Field.PERSON_PHONE),
        ("TEL", Field.PERSON_PHONE),
        ("FAX番号", None),
        ("E-mail", Field.PERSON_EMAIL),
        ("お届け先 郵便番号", Field.SHIP_POSTAL_CODE),
        ("Shipping Zip", Field.SHIP_POSTAL_CODE),
        ("ship-city", Field.SHIP_CITY),
        ("氏(配送先)", Field.SHIP_FAMILY),
        ("お届け先氏名(カナ)", None),
        ("送付先住所都道府県", Field.SHIP_PROVINCE),
        ("購入商品 販売価格(消費税込)", Field.UNIT_PRICE),
        ("ｼｮｳﾋﾝ", None),
        ("単価（税込）", Field.UNIT_PRICE),
        ("SKUコード", Field.SKU),
        ("発送予定日", Field.SHIP_BY),
        ("お届け予定日", Field.DELIVER_BY),
        ("お届け日指定", Field.REQUESTED_DATE),
        ("配送先 配送希望日", Field.REQUESTED_DATE),
        ("お届け時間帯", Field.REQUESTED_TIME),
        ("追跡番号", Field.TRACKING),
        ("ご希望の配達時間帯", Field.REQUESTED_TIME),
        ("お届けのご希望日", Field.REQUESTED_DATE),
        ("発送の目安", Field.SHIP_BY),
        ("パスワード", None),
        ("何か別の列", None),
        ("", None),
    ],
)
def test_a_header_means_its_words(header: str, field: Field | None) -> None:
    assert meaning(header) == field


def test_a_given_name_alone_is_the_whole_name() -> None:
    assert recognise(["注文番号", "注文日", "顧客名", "SKU"]).mapping["顧客名"] == Field.PERSON_NAME
    assert recognise(RAKUTEN).mapping["注文者名"] == Field.PERSON_GIVEN


def test_of_two_columns_for_one_field_the_better_word_is_taken() -> None:
    mapping = recognise(["注文番号", "注文日", "合計", "合計金額", "請求金額", "SKU"]).mapping
    assert [name for name, field in mapping.items() if field == Field.TOTAL] == ["合計金額"]


def test_a_street_that_repeats_the_lines_is_left_out() -> None:
    mapping = recognise([*SHOPIFY, "Billing Street", "Billing Address1", "Billing Address2"]).mapping
    assert "Billing Street" not in mapping
    assert mapping["Billing Address2"] == Field.PERSON_LINE


@pytest.mark.parametrize(
    ("header", "missing"),
    [("注文番号,顧客名", ("注文日時", "SKU")), ("Foo,Bar", ("Order number", "Order date", "SKU"))],
)
def test_missing_columns_are_named_in_the_files_language(header: str, missing: tuple[str, ...]) -> None:
    assert recognise(header.split(","), "orders").missing == missing


def test_the_wrong_kind_of_file_is_seen() -> None:
    assert recognise(["氏名", "メール"], "orders").format.kind == "customers"
    assert recognise(["注文番号", "注文日", "SKU", "氏名"], "customers").format.kind == "orders"


def test_a_mapping_by_hand_takes_the_place_of_recognition() -> None:
    header = ["A", "B", "C", "C"]
    match = by_hand(
        header, {"A": "order.number", "B": "order.ordered_at", "C (2)": "line.sku", "C": ""}, "orders"
    )
    assert match.missing == ()
    assert match.columns(Field.SKU) == (3,)
    with pytest.raises(ValueError, match=r"order\.nonsense"):
        by_hand(header, {"A": "order.nonsense"}, "orders")


def test_names_that_come_twice_are_told_apart() -> None:
    assert unique_names(["住所", "住所 ", "氏名"]) == ["住所", "住所 (2)", "氏名"]


def test_every_field_has_a_label_and_every_format_a_name_of_its_own() -> None:
    assert set(LABELS) == set(Field)
    assert len(BY_NAME) == len(KNOWN) + len(USUAL)
