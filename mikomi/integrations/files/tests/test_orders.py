"""Orders from tables: one record for each order, and a clear word for each row that can't be taken."""

from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.integrations.files.issues import MESSAGES, RowIssue
from mikomi.integrations.files.reading import Reading, read_file
from mikomi.integrations.files.records import OrderRecord
from mikomi.integrations.files.settings import ParseSettings

TOKYO = ZoneInfo("Asia/Tokyo")
SETTINGS = ParseSettings(TOKYO)
HEADER = "注文番号,注文日時,顧客名,メールアドレス,SKU,数量,単価,送料"


def opened(text: str, encoding: str = "utf-8", mapping: Mapping[str, str] | None = None) -> Reading:
    return read_file(BytesIO(text.encode(encoding)), "orders", SETTINGS, mapping)


def orders(text: str) -> list[OrderRecord]:
    return [found for found in opened(text).records() if isinstance(found, OrderRecord)]


def issues(text: str) -> list[RowIssue]:
    reading = opened(text)
    return [*reading.issues, *(found for found in reading.records() if isinstance(found, RowIssue))]


def only(text: str) -> OrderRecord:
    found = list(opened(text).records())
    assert len(found) == 1, found
    assert isinstance(found[0], OrderRecord)
    return found[0]


def test_rows_of_one_order_come_together() -> None:
    order = only(
        f"{HEADER}\nEC-1,2026-09-01,山田,y@example.jp,A,2,1480,550\nEC-1,2026-09-01,山田,y@example.jp,B,1,680,550"
    )
    assert [(line.sku, line.quantity, line.unit_price_minor) for line in order.lines] == [
        ("A", 2, 1480),
        ("B", 1, 680),
    ]
    assert (order.shipping_minor, order.total_minor, order.total_is_computed) == (550, 4190, True)
    assert order.ordered_at == date(2026, 9, 1)
    assert order.customer.emails == ("y@example.jp",)
    assert order.line_numbers == (2, 3)


def test_the_same_item_twice_stays_two_lines_with_keys_of_their_own() -> None:
    order = only(f"{HEADER}\nEC-1,2026-09-01,山田,,A,2,1480,0\nEC-1,2026-09-01,山田,,A,3,1480,0")
    assert [line.key for line in order.lines] == ["A", "A#2"]


def test_nearly_neighbouring_rows_meet_too() -> None:
    text = (
        f"{HEADER}\nEC-1,2026-09-01,山田,,A,1,100,0\nEC-2,2026-09-01,佐藤,,A,1,100,0\nEC-1,"
        f"2026-09-01,山田,,B,1,100,0"
    )
    assert {order.number: len(order.lines) for order in orders(text)} == {"EC-1": 2, "EC-2": 1}


def test_rows_far_apart_become_a_second_record() -> None:
    between = "\n".join(f"X-{number},2026-09-01,佐藤,,A,1,100,0" for number in range(400))
    found = orders(f"{HEADER}\nEC-1,2026-09-01,山田,,A,1,100,0\n{between}\nEC-1,2026-09-01,山田,,B,1,100,0")
    assert [len(order.lines) for order in found if order.number == "EC-1"] == [1, 1]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",2026-09-01,山田,,A,1,1480,0", "注文番号", "missing_value"),
        ("EC-2,2026-09-01,山田,,,1,1480,0", "SKU", "missing_value"),
        ("EC-3,2026-09-01,,,A,1,1480,0", "顧客名", "missing_value"),
        ("EC-4,,山田,,A,1,1480,0", "注文日時", "missing_value"),
        ("EC-5,2026-13-01,山田,,A,1,1480,0", "注文日時", "bad_date"),
        ("EC-6,01/02/2026,山田,,A,1,1480,0", "注文日時", "ambiguous_date"),
        ("EC-7,2026-09-01,山田,,A,たくさん,1480,0", "数量", "bad_number"),
        ("EC-8,2026-09-01,山田,,A,1.5,1480,0", "数量", "bad_number"),
        ("EC-9,2026-09-01,山田,,A,1,高い,0", "単価", "bad_amount"),
        ("EC-10,2026-09-01,山田,,A,1,1480,0,and,more", "", "too_many_cells"),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_and_why(row: str, column: str, code: str) -> None:
    found = list(opened(f"{HEADER}\n{row}\nEC-99,2026-09-01,佐藤,,B,1,100,0").records())
    assert isinstance(found[0], RowIssue)
    assert (found[0].line, found[0].column, found[0].code, found[0].severity) == (2, column, code, "error")
    assert column in found[0].message()
    assert [one.number for one in found if isinstance(one, OrderRecord)] == ["EC-99"]


def test_a_bad_address_is_left_out_and_the_order_is_taken() -> None:
    found = list(opened(f"{HEADER}\nEC-1,2026-09-01,山田,not an address,A,1,1480,0").records())
    assert [(one.code, one.severity) for one in found if isinstance(one, RowIssue)] == [
        ("bad_email", "warning")
    ]
    assert [one.customer.emails for one in found if isinstance(one, OrderRecord)] == [()]


def test_a_row_that_contradicts_its_order_is_refused() -> None:
    text = (
        f"{HEADER}\nEC-1,2026-09-01,山田,,A,1,1480,550\nEC-1,2026-09-01,山田,,B,1,680,¥550\n"
        f"EC-1,2026-09-01,山田,,C,1,2200,800"
    )
    assert [(issue.line, issue.column, issue.code) for issue in issues(text)] == [(4, "送料", "conflict")]
    assert [line.sku for line in orders(text)[0].lines] == ["A", "B"]


def test_a_total_that_is_one_of_lines_is_no_contradiction() -> None:
    text = "注文番号,注文日,氏名,SKU,数量,単価,合計金額\n1,2026-09-01,山田,A,2,100,200\n1,2026-09-01,山田,B,1,300,300"
    assert issues(text) == []
    assert orders(text)[0].total_minor == 500


def test_a_row_without_number_goes_on_with_the_order_above() -> None:
    text = (
        "Name,Email,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price\n#1,"
        "k@example.com,GBP,2026-05-16 10:00:00 +0100,1,A,540.00\n,,,,1,B,1200.00"
    )
    order = only(text)
    assert [line.unit_price_minor for line in order.lines] == [54000, 120000]
    assert order.ordered_at == datetime.fromisoformat("2026-05-16T10:00:00+01:00")


def test_such_a_row_is_refused_with_the_order_above() -> None:
    assert [
        issue.line
        for issue in issues(
            f"{HEADER}\nEC-1,2026-99-99,山田,,A,1,1480,0\n,,,,B,1,100,\nEC-2,2026-09-01,山田,,A,1,1,0"
        )
    ] == [2]


def test_shopify_ids_and_continuation_lines() -> None:
    header = (
        "Name,Email,Financial Status,Fulfillment Status,Accepts Marketing,Currency,Total,Created "
        "at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Shipping "
        "Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Note Attributes,"
        "Cancelled at,Id,Tags"
    )
    first = (
        "#1050,k@example.com,paid,fulfilled,yes,EUR,100.90,2026-05-01 09:59:00 +0200,1,Tea,"
        "62.95,M-1,Koper Een,Koper Een,Laan 2,Gouda,'2801AA,NL,\"配送希望日: 2026/05/10\n時間指定: "
        '午前中",,555,"vip, new"'
    )
    order = only(f"{header}\n{first}\n#1050,k@example.com,,,,,,,1,Tea small,37.95,M-2,,,,,,,,,,")
    assert (order.number, order.external_id, order.total_minor, order.currency) == (
        "#1050",
        "555",
        10090,
        "EUR",
    )
    assert (order.payment, order.fulfilment, order.cancelled) == ("paid", "shipped", False)
    assert order.customer.consent_email is True
    assert (order.destination.postal_code, order.destination.city) == ("2801AA", "Gouda")
    assert order.requested_date == date(2026, 5, 10)
    assert order.requested_time is not None
    assert order.tags == ("vip", "new")


def test_promises_and_evidence_of_a_japanese_file() -> None:
    text = (
        "受注番号,受注日,受注時間,購入者名,購入者電話番号1,購入者電話番号2,購入者電話番号3,"
        "お届け先氏名,お届け先郵便番号1,お届け先郵便番号2,お届け先都道府県,"
        "お届け先住所,品名,個数,金額,発送予定日,お届け予定日,お届け日指定,お届け時間帯,発送日,"
        "送り状番号,配送会社,ステータス,備考\n"
        "R-1,2026/9/1,09:05,山田 太郎,090,1234,5678,山田花子,150,0001,東京都,渋谷区神宮前1-2-3,"
        '煎茶,２,"¥2,960",2026/9/3,9/5〜2026/9/6,'
        "2026年9月6日(日),14-16,2026-09-03 18:00,'4001-2345,ヤマト運輸,発送済み,のし希望"
    )
    order = only(text)
    assert order.ordered_at == datetime(2026, 9, 1, 9, 5, tzinfo=TOKYO)
    assert order.customer.phones == ("090-1234-5678",)
    assert (order.destination.postal_code, order.destination.province, order.destination.name) == (
        "150-0001",
        "東京都",
        "山田花子",
    )
    assert (order.ship_by, order.deliver_by, order.requested_date) == (
        date(2026, 9, 3),
        date(2026, 9, 6),
        date(2026, 9, 6),
    )
    assert order.shipped_at == datetime(2026, 9, 3, 18, 0, tzinfo=TOKYO)
    assert (order.tracking_number, order.carrier, order.fulfilment) == ("4001-2345", "ヤマト運輸", "shipped")
    assert [(line.quantity, line.total_minor, line.unit_price_minor) for line in order.lines] == [
        (2, 2960, 1480)
    ]


def test_line_totals_and_line_shipping_of_amazon() -> None:
    header = (
        "order-id\torder-item-id\tpurchase-date\tbuyer-name\tsku\tproduct-name\tquantity-purchased\tcurre"
        "ncy\titem-price\tshipping-price\tpromise-date"
    )
    row = "250-1\t11\t2026-09-01T10:30:00+09:00\t山田\tA\t煎茶\t2\tJPY\t2000\t300\t2026-09-03T23:59:59+09:00"
    second = (
        "250-1\t12\t2026-09-01T10:30:00+09:00\t山田\tB\t玉露\t1\tJPY\t3000\t200\t2026-09-03T23:59:59+09:00"
    )
    order = only(f"{header}\n{row}\n{second}")
    assert (order.shipping_minor, order.total_minor) == (500, 5500)
    assert [(line.key, line.unit_price_minor) for line in order.lines] == [("11", 1000), ("12", 3000)]
    assert order.ship_by is not None


def test_a_file_of_whole_orders_without_lines_is_taken() -> None:
    order = only('注文番号,注文日,氏名,合計金額,お届け日\n1,2026-09-01,山田,"3,000円",2026-09-05')
    assert (order.total_minor, order.lines, order.requested_date) == (3000, (), date(2026, 9, 5))


def test_a_cancelled_order_is_seen() -> None:
    assert only(f"{HEADER},ステータス\n1,2026-09-01,山田,,A,1,1,0,キャンセル済み").cancelled


def test_missing_columns_refuse_the_whole_file() -> None:
    reading = opened("注文番号,顧客名\nEC-1,山田")
    assert reading.refused
    assert list(reading.records()) == []
    assert "注文日時, SKU" in reading.issues[0].message()


def test_a_file_of_customers_is_refused_as_orders() -> None:
    reading = opened("First Name,Last Name,Email,Accepts Email Marketing\nA,B,a@example.com,yes")
    assert [issue.code for issue in reading.issues] == ["wrong_kind_customers"]
    assert reading.refused


def test_an_empty_file_is_refused() -> None:
    assert [issue.code for issue in opened("").issues] == ["empty_file"]


def test_a_title_above_the_header_is_passed_over() -> None:
    reading = opened(f"注文一覧 2026年9月\n\n{HEADER}\nEC-1,2026-09-01,山田,,A,1,1480,0")
    assert reading.header_line == 3
    assert len(list(reading.records())) == 1


def test_a_mapping_by_hand() -> None:
    reading = opened(
        "あ,い,う\n1,2026-09-01,tea",
        mapping={"あ": "order.number", "い": "order.ordered_at", "う": "line.name"},
    )
    found = list(reading.records())
    assert isinstance(found[0], OrderRecord)
    assert found[0].lines[0].name == "tea"


def test_a_damaged_row_does_not_stop_the_others() -> None:
    giant = "EC-1,2026-09-01,山田,," + "x" * 2_000_000 + ",1,1,0"
    found = list(opened(f"{HEADER}\n{giant}\nEC-2,2026-09-01,山田,,A,1,1,0").records())
    assert isinstance(found[0], RowIssue)
    assert (found[0].line, found[0].code) == (2, "row_too_long")
    assert "1,000,000" in found[0].message()
    assert isinstance(found[1], OrderRecord)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16"])
def test_the_encoding_changes_nothing(encoding: str) -> None:
    text = f"{HEADER}\nEC-1,2026-09-01,山田 太郎,,A,1,1480,0"
    assert list(opened(text, encoding).records()) == list(opened(text).records())


def test_every_message_can_be_made() -> None:
    params = dict.fromkeys(
        ("columns", "format", "count", "limit", "cells", "value", "currency", "first", "first_line"), "x"
    )
    for code in MESSAGES:
        assert "%" not in RowIssue(1, "col", code, {**params}).message()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "1",
                    "EC-1",
                    "EC-2",
                    "2026-09-01",
                    "山田",
                    "x@y.jp",
                    "¥1,000",
                    "'",
                    "=1",
                    '"',
                    "9" * 30,
                    "指定なし",
                ]
            ),
            max_size=9,
        ),
        max_size=8,
    )
)
def test_no_cells_make_it_raise(rows: list[list[str]]) -> None:
    body = "\n".join(",".join(row) for row in rows)
    for found in opened(f"{HEADER}\n{body}").records():
        if isinstance(found, RowIssue):
            assert found.message()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    list(read_file(BytesIO(HEADER.encode() + b"\n" + data), "orders", SETTINGS).records())
    list(read_file(BytesIO(data), "customers", SETTINGS).records())
