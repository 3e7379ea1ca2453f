"""The pages of expectations, for colleagues and for those who are asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business
from mikomi.customers.models import Customer, Membership, Segment
from mikomi.feedback import operations
from mikomi.feedback.models import Questionnaire, Sheet
from mikomi.feedback.rules.ipa import ipa_map
from mikomi.web.expectations.map import SIZE, place
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db
ITEMS = [{"key": "gift", "en": "Gift wrapping"}, {"key": "fast", "en": "Next-day delivery"}]


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def make(user: User, kind: str) -> Questionnaire:
    items = ITEMS if kind in ("kano", "importance") else []
    return operations.make_questionnaire(actor=user.as_actor(), kind=kind, title=f"My {kind}", items=items)


def take(user: User, row: Questionnaire, *answers: dict[str, int]) -> None:
    sheets = [(f"s{place}", NOON - timedelta(days=1), one) for place, one in enumerate(answers)]
    operations.take_sheets(actor=user.as_actor(), questionnaire_id=row.pk, sheets=sheets, source="api")


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_without_anything_the_page_says_how_to_begin(client: Client) -> None:
    assert "Nothing is known of expectations yet" in text(client, "/expectations/")
    assert client.get("/expectations/?days=7").status_code == 404
    assert "No questionnaires yet" in text(client, "/expectations/questionnaires/")


def test_gaps_classes_and_map_stand_on_one_page(client: Client, owner_user: User) -> None:
    pairs = dict.fromkeys((f"e{item}" for item in range(1, 23)), 7)
    pairs |= dict.fromkeys((f"p{item}" for item in range(1, 23)), 5)
    take(owner_user, make(owner_user, "servqual"), pairs, pairs)
    take(owner_user, make(owner_user, "kano"), {"f:gift": 1, "d:gift": 3})
    take(owner_user, make(owner_user, "importance"), {"i:gift": 2, "p:gift": 6, "i:fast": 7, "p:fast": 2})
    take(owner_user, make(owner_user, "disconfirmation"), {"x": 3})
    page = text(client, "/expectations/")
    for words in (
        "Reliability",
        "−2.00",
        "delights",
        "Concentrate here",
        "Next-day delivery",
        "Over all",
    ):
        assert words in page


def test_the_page_costs_the_same_however_many_answered(client: Client, owner_user: User) -> None:
    row = make(owner_user, "disconfirmation")
    counts = []
    for answers in ([{"x": 3}], [{"x": 4}] * 30):
        take(owner_user, row, *answers)
        with CaptureQueriesContext(connection) as seen:
            text(client, "/expectations/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_questionnaire_is_made_with_its_items_a_line_each(client: Client) -> None:
    given = {
        "kind": "kano",
        "title": "Autumn",
        "items": "gift | Gift wrapping | 贈り物の包装\nfast | Next day",
    }
    answer = client.post("/expectations/questionnaires/", given)
    row = Questionnaire.objects.get()
    assert answer["Location"] == f"/expectations/questionnaires/{row.pk}/"
    assert [item["key"] for item in row.items] == ["gift", "fast"]
    assert "How would you feel if we had this?" in text(client, answer["Location"])
    wrong = client.post("/expectations/questionnaires/", {**given, "items": ""})
    assert wrong.status_code == 422
    assert "Name 1 to 30 things" in wrong.content.decode()


def test_a_segment_is_asked(client: Client, owner_user: User, customer: Customer) -> None:
    segment = Segment.objects.create(name="Regulars")
    Membership.objects.create(segment=segment, customer=customer, since=NOON)
    row = make(owner_user, "servqual")
    answer = client.post(
        f"/expectations/questionnaires/{row.pk}/ask", {"segment_id": segment.pk, "limit": 10}, follow=True
    )
    assert "1 person is asked." in answer.content.decode()
    assert Sheet.objects.get().customer == customer


def test_a_file_of_answers_is_taken_and_wrong_rows_named(client: Client, owner_user: User) -> None:
    row = make(owner_user, "disconfirmation")
    file = SimpleUploadedFile("a.csv", b"id,x,date\n1,5,2026-11-01\n2,9,2026-11-01\n3,lots,2026-11-01\n")
    page = client.post(f"/expectations/questionnaires/{row.pk}/file", {"file": file}).content.decode()
    assert "Line 3:" in page
    assert "Line 4:" in page
    assert Sheet.objects.get().answers == {"x": 5}


# The one who is asked


def test_a_customer_answers_page_by_page_and_may_stop(
    customer: Customer, owner_user: User, noon: datetime
) -> None:
    row = make(owner_user, "servqual")
    (sheet,) = operations.ask(
        actor=owner_user.as_actor(), questionnaire_id=row.pk, customer_ids=[customer.pk]
    )
    public = Client()
    assert "約束した期日" in text(public, f"/q/{sheet.token}?step=1")
    answer = public.post(f"/q/{sheet.token}?step=0", {"e1": "6", "p1": "5", "other": "3"})
    assert answer["Location"].endswith("?step=1")
    sheet.refresh_from_db()
    assert (sheet.answers, sheet.is_complete) == ({"e1": 6, "p1": 5}, False)
    done = public.post(f"/q/{sheet.token}?step=5", {"w:empathy": "7"}, follow=True)
    assert "ありがとうございました" in done.content.decode()
    sheet.refresh_from_db()
    assert sheet.is_complete
    wrong = public.post(f"/q/{sheet.token}?step=0", {"e1": "9"})
    assert wrong.status_code == 422


def test_the_open_link_keeps_nothing_until_somebody_begins(owner_user: User, noon: datetime) -> None:
    row = make(owner_user, "disconfirmation")
    public = Client()
    page = public.get(f"/q/o/{row.token}")
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert not Sheet.objects.exists()
    begun = public.post(f"/q/o/{row.token}")
    assert begun["Location"] == f"/q/{Sheet.objects.get().token}"
    operations.close_questionnaire(actor=owner_user.as_actor(), questionnaire_id=row.pk)
    public.post(f"/q/o/{row.token}")
    assert Sheet.objects.count() == 1
    assert public.get("/q/o/none").status_code == 404
    assert public.get("/q/none").status_code == 404


def test_who_may_not_edit_changes_nothing(business: Business, owner_user: User, noon: datetime) -> None:
    row = make(owner_user, "disconfirmation")
    client = Client()
    client.force_login(make_user("ken", Role.ANALYST))
    assert "Expectations" in text(client, "/expectations/")
    given = {"kind": "disconfirmation", "title": "x", "items": ""}
    assert client.post("/expectations/questionnaires/", given).status_code == 403
    assert client.post(f"/expectations/questionnaires/{row.pk}/close").status_code == 403
    assert Questionnaire.objects.get().closed_at is None
    assert Client().get("/expectations/").status_code == 302


def test_every_point_of_the_map_lies_inside() -> None:
    found = ipa_map(["a", "b"], [{"i:a": 1, "p:a": 7, "i:b": 7, "p:b": 1}])
    assert found is not None
    assert all(0 < point.x < SIZE and 0 < point.y < SIZE for point in place(found).points)
