"""The pages of claims as a reader sees them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.commerce.models import Product
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business
from mikomi.integrations.imports.tasks import work_now
from mikomi.integrations.models import ImportJob
from mikomi.promises import operations
from mikomi.promises.models import Claim, Dispute, Measurement
from mikomi.promises.records import NewClaim, NewMeasurement
from mikomi.web.promises.scatter import HEIGHT, WIDTH, Drawn, scatter
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db
BROKEN = (18, 20, 19, 18.5, 19.5)


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def state(user: User, **values: object) -> Claim:
    claim = NewClaim("30 miles per gallon", "fuel economy", 30, "mpg", 5, "about")
    return operations.state_claim(actor=user.as_actor(), claim=claim)


def measure(user: User, claim: Claim, numbers: tuple[float, ...] = BROKEN) -> None:
    found = [NewMeasurement(value, NOON, f"m{place}", "api") for place, value in enumerate(numbers)]
    operations.measure(actor=user.as_actor(), claim_id=claim.pk, measurements=found)


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_list_says_what_belongs_here(client: Client) -> None:
    assert "No claims yet" in text(client, "/promises/claims/")
    assert client.get("/promises/claims/?outcome=odd").status_code == 404


def test_the_words_of_a_claim_are_read_and_confirmed(client: Client) -> None:
    page = text(client, "/promises/claims/new?statement=lasts+up+to+10+hours")
    assert 'value="10"' in page
    assert 'value="hours"' in page
    Product.objects.create(sku="B-1", name="Battery")
    answer = client.post(
        "/promises/claims/new",
        {"statement": "lasts up to 10 hours", "attribute": "battery life", "basis": "each", "direction": "at_least",
         "value": "10", "unit": "hours", "tolerance": "", "share": "10", "kind": "claim", "sku": "B-1"},
    )  # fmt: skip
    claim = Claim.objects.get()
    assert answer["Location"] == f"/promises/claims/{claim.pk}/"
    assert claim.promise.terms["share"] == pytest.approx(0.1)
    assert "Battery" in text(client, f"/promises/claims/{claim.pk}/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit": ""}, "Say in which unit"),
        ({"tolerance": "0"}, "how far off"),
        ({"sku": "none"}, "no product with this SKU"),
        ({"value": "many"}, "number"),
    ],
)
def test_what_is_wrong_stands_in_the_form(client: Client, changes: dict[str, str], words: str) -> None:
    given = {"statement": "30 mpg", "attribute": "fuel economy", "basis": "average", "direction": "about",
             "value": "30", "unit": "mpg", "tolerance": "5", "kind": "claim"}  # fmt: skip
    answer = client.post("/promises/claims/new", {**given, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Claim.objects.exists()


def test_a_claims_page_shows_the_verdict_the_picture_and_the_rows(client: Client, owner_user: User) -> None:
    claim = state(owner_user)
    measure(owner_user, claim)
    page = text(client, f"/promises/claims/{claim.pk}/")
    assert "It does not hold: 5 measurements average 19 mpg" in page
    assert page.count('class="chart-dot"') == 5
    assert "Nothing stands behind it" in page
    assert "It does not hold" in text(client, "/promises/claims/?outcome=broken")
    assert "30 miles per gallon" in text(client, f"/promises/{claim.pk}/")


def test_a_measurement_is_added_by_hand_or_refused_beside_its_field(client: Client, owner_user: User) -> None:
    claim = state(owner_user)
    path = f"/promises/claims/{claim.pk}/measure"
    assert client.post(path, {"value": "18.5 mpg"}).status_code == 302
    refused = client.post(path, {"value": "12 km/l"})
    assert refused.status_code == 422
    assert "another unit" in refused.content.decode()
    assert Measurement.objects.count() == 1


def test_a_file_is_looked_through_first_like_any_other_import(client: Client, owner_user: User) -> None:
    claim = state(owner_user)
    data = "測定日,測定値\n2026/11/01,18.5\n2026/11/02,たくさん\n2026/13/02,19\n2026/11/03,19\n".encode(
        "cp932"
    )
    file = SimpleUploadedFile("m.csv", data, "text/csv")
    place = client.post(f"/promises/claims/{claim.pk}/file", {"file": file})["Location"]
    job = ImportJob.objects.get()
    assert str(job.pk) in place
    work_now(job.pk)
    page = client.get(place).content.decode()
    assert "is not a number" in page
    assert "is not a date" in page
    assert f"/promises/claims/{claim.pk}/" in page
    client.post(f"{place}run")
    work_now(job.pk)
    assert Measurement.objects.count() == 2
    empty = SimpleUploadedFile("m.csv", b"", "text/csv")
    assert client.post(f"/promises/claims/{claim.pk}/file", {"file": empty}).status_code == 422


def test_a_measurement_is_disputed_and_set_aside(client: Client, owner_user: User) -> None:
    claim = state(owner_user)
    measure(owner_user, claim)
    row = Measurement.objects.earliest("id")
    client.post(f"/promises/claims/{claim.pk}/dispute/{row.pk}", {"words": "空気圧が低い"})
    assert "空気圧が低い" in text(client, f"/promises/claims/{claim.pk}/")
    dispute = Dispute.objects.get()
    assert "空気圧が低い" in text(client, f"/promises/{claim.pk}/")
    decision = {"verdict": "upheld", "resolution": "測り方の誤りでした。"}
    client.post(f"/promises/{claim.pk}/disputes/{dispute.pk}", decision)
    assert "set aside" in text(client, f"/promises/claims/{claim.pk}/")
    assert Claim.objects.get().count == 4


def test_what_is_stopped_says_why_and_stays_unpublished(client: Client, owner_user: User) -> None:
    claim = state(owner_user)
    measure(owner_user, claim)
    answer = client.post(f"/promises/claims/{claim.pk}/publish", follow=True)
    assert "Nothing stands behind it" in answer.content.decode()
    assert Claim.objects.get().promise.published_at is None
    client.post(f"/promises/claims/{claim.pk}/withdraw")
    assert Claim.objects.get().promise.state == "broken"


def test_who_may_only_look_changes_nothing(business: Business, owner_user: User, noon: datetime) -> None:
    claim = state(owner_user)
    client = Client()
    client.force_login(make_user("ken", Role.ANALYST))
    assert "30 miles per gallon" in text(client, f"/promises/claims/{claim.pk}/")
    assert client.post(f"/promises/claims/{claim.pk}/measure", {"value": "18"}).status_code == 403
    assert client.post(f"/promises/claims/{claim.pk}/publish").status_code == 403
    assert not Measurement.objects.exists()
    assert Client().get("/promises/claims/").status_code == 302


def test_forty_claims_cost_as_many_queries_as_two(client: Client, owner_user: User) -> None:
    counts = []
    for number in range(40):
        state(owner_user)
        if number in (1, 39):
            with CaptureQueriesContext(connection) as seen:
                text(client, "/promises/claims/")
            counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_picture_holds_every_dot_whatever_the_values() -> None:
    for values in ([5.0], [1.0, 1e9], [-3.0, 0.0, 3.0]):
        drawn = Drawn([(value, True, False) for value in values], 30, 25, None, (-1e12, 1e12), 26)
        found = scatter(drawn)
        assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in found.dots)
        assert found.accepted.height >= 0
