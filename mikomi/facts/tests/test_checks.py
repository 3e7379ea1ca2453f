"""Watching a real site: contradictions found and settled, robots, redirects, limits, traps, dead links."""

from __future__ import annotations

import gzip
import socket
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from mikomi.core import calls, clock
from mikomi.core.access.actor import Actor
from mikomi.core.events.models import Event
from mikomi.facts import fetching, queries
from mikomi.facts.models import Check, Contradiction, Fact, PageCopy, Touchpoint
from mikomi.facts.operations import (
    CannotResolveError,
    TouchpointError,
    archive_touchpoint,
    checking,
    ignore,
    recheck,
    reopen,
    start_check,
    start_due_checks,
    stop_check,
)
from mikomi.facts.operations.checking import check_now, run_portion, work_on_checks
from mikomi.facts.tests.conftest import Watch, Write, yen
from mikomi.facts.tests.site import Answer, Site
from mikomi.facts.wording import remarks

pytestmark = pytest.mark.django_db
CUP_PAGE = "<h1>湯のみ 青</h1><p>価格 {price}円（税込）</p>"


@pytest.fixture
def look(owner: Actor) -> Any:
    def look(touchpoint: Touchpoint) -> Check:
        return check_now(actor=owner, touchpoint_id=touchpoint.pk)

    return look


def open_ones() -> list[Contradiction]:
    return list(Contradiction.objects.filter(state="open").order_by("id"))


# Found, seen again, settled


def test_a_wrong_price_is_found_with_both_places_and_settled_by_itself(
    site: Site, watch: Watch, look: Any, cup: Fact, owner: Actor, noon: datetime
) -> None:
    site.html("/cup", CUP_PAGE.format(price="2,200"), head="<title>湯のみ 青</title>")
    place = watch(path="/cup")

    check = look(place)
    row = open_ones()[0]
    assert (check.state, check.outcome, check.pages_done, check.contradictions) == ("done", "finished", 1, 1)
    assert (row.fact, row.place, row.snippet) == (cup, f"{site.url}/cup", "価格 2,200円(税込)")
    assert (row.severity, row.owner_id, row.seen_count) == ("normal", owner.user_id, None)
    assert Event.objects.get(kind="contradiction.found").payload["owner_id"] == owner.user_id
    assert queries.for_today(actor=owner) == [row]

    with clock.frozen(noon + timedelta(days=1)):
        look(place)
    row.refresh_from_db()
    assert (row.first_seen_at, row.last_seen_at) == (noon, noon + timedelta(days=1))

    site.html("/cup", CUP_PAGE.format(price="1,980"))
    look(place)
    row.refresh_from_db()
    assert (row.state, row.closed_because) == ("closed", "agrees")
    assert Event.objects.filter(kind="contradiction.closed", subject_id=row.pk).exists()
    assert queries.for_today(actor=owner) == []


def test_an_unchanged_page_is_not_fetched_again_and_still_compared(
    site: Site, watch: Watch, look: Any, cup: Fact, write: Write
) -> None:
    site.html("/cup", CUP_PAGE.format(price="1,980"), ETag='"1"')
    place = watch(path="/cup")
    assert look(place).contradictions == 0
    write("price", yen(2200), scope="product", product_code="G1", names=("湯のみ 青",), fact_id=cup.pk)
    check = look(place)
    assert (check.unchanged, check.contradictions) == (1, 1)
    assert site.headers[-1]["if-none-match"] == '"1"'
    assert open_ones()[0].is_former
    assert open_ones()[0].severity == "high"


def test_a_page_that_can_t_be_read_settles_nothing(site: Site, watch: Watch, look: Any, cup: Fact) -> None:
    site.html("/cup", CUP_PAGE.format(price="2,200"))
    place = watch(path="/cup")
    look(place)
    site.pages["/cup"] = (500, {}, b"")
    check = look(place)
    assert (check.outcome, check.remarks["failed"]) == ("unreachable", 1)
    assert len(open_ones()) == 1
    assert PageCopy.objects.get().problem == "server"
    site.pages["/cup"] = (404, {}, b"")
    look(place)
    assert [(one.what, one.state) for one in Contradiction.objects.order_by("id")] == [
        ("wrong", "closed"),
        ("dead_link", "open"),
    ]


# What a person does


def test_left_as_it_is_with_a_reason(
    site: Site, watch: Watch, look: Any, cup: Fact, owner: Actor, agent: Actor
) -> None:
    site.html("/cup", CUP_PAGE.format(price="2,200"))
    place = watch(path="/cup")
    look(place)
    row = open_ones()[0]
    with pytest.raises(PermissionDenied):
        ignore(actor=agent, contradiction_id=row.pk, reason="x")
    with pytest.raises(CannotResolveError, match="Say why"):
        ignore(actor=owner, contradiction_id=row.pk, reason=" ")
    ignore(actor=owner, contradiction_id=row.pk, reason="Gift box included")
    look(place)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("ignored", "Gift box included")
    site.html("/cup", CUP_PAGE.format(price="2,500"))  # another value is another contradiction
    look(place)
    assert [one.found["minor"] for one in open_ones() if one.found] == [2500]
    row.refresh_from_db()
    assert row.state == "closed"
    with pytest.raises(CannotResolveError, match="settled already"):
        ignore(actor=owner, contradiction_id=row.pk, reason="x")
    with pytest.raises(CannotResolveError):
        reopen(actor=owner, contradiction_id=row.pk)


def test_the_page_was_mended(site: Site, watch: Watch, look: Any, cup: Fact, owner: Actor) -> None:
    site.html("/cup", CUP_PAGE.format(price="2,200"))
    look(watch(path="/cup"))
    row = open_ones()[0]
    assert recheck(actor=owner, contradiction_id=row.pk).state == "open"
    site.html("/cup", CUP_PAGE.format(price="1,980"))
    assert recheck(actor=owner, contradiction_id=row.pk).state == "closed"
    assert Check.objects.count() == 1


def test_a_page_that_can_t_be_read_again_says_why(
    site: Site, watch: Watch, look: Any, cup: Fact, owner: Actor
) -> None:
    site.html("/cup", CUP_PAGE.format(price="2,200"))
    look(watch(path="/cup"))
    site.pages["/cup"] = (503, {}, b"")
    with pytest.raises(CannotResolveError, match="fault of its own"):
        recheck(actor=owner, contradiction_id=open_ones()[0].pk)
    assert len(open_ones()) == 1
    assert not Check.objects.filter(state="running").exists()


# A whole site


def test_a_site_is_read_by_its_links_and_dead_ones_are_told(
    site: Site, watch: Watch, look: Any, phone: Fact
) -> None:
    site.html("/", '<a href="/about">a</a> <a href="/lost">b</a> <a href="https://elsewhere.example/">c</a>')
    site.html(
        "/about", '<p>お電話 03-9999-8888</p><a href="/?utm_source=x">home</a><a href="/photo.jpg">p</a>'
    )
    place = watch("site")

    check = look(place)
    assert (check.outcome, check.pages_done) == ("finished", 3)
    assert [(one.what, one.place.removeprefix(site.url)) for one in open_ones()] == [
        ("wrong", "/about"),
        ("dead_link", "/"),
    ]
    assert site.asked["/photo.jpg"] == 0

    site.html("/", '<a href="/about">a</a>')
    look(place)
    assert [one.what for one in open_ones()] == ["wrong"]


def test_robots_txt_is_kept_to(site: Site, watch: Watch, look: Any) -> None:
    site.text("/robots.txt", "User-agent: *\nDisallow: /secret\nAllow: /secret/open$\nCrawl-delay: 0.05\n")
    site.html("/", '<a href="/secret/a">a</a><a href="/secret/open">b</a><a href="/c">c</a>')
    site.html("/secret/open", "open")
    site.html("/c", "c")
    check = look(watch("site"))
    assert site.asked["/secret/a"] == 0
    assert site.asked["/secret/open"] == 1
    assert check.remarks["robots"] == 1
    assert "robots.txt asks so" in remarks(check.remarks)[0]


def test_a_site_that_forbids_all_is_not_read(site: Site, watch: Watch, look: Any) -> None:
    site.text("/robots.txt", "User-agent: Mikomi\nDisallow: /\n")
    assert look(watch("site")).outcome == "robots"
    assert site.asked["/"] == 0


def test_a_robots_txt_that_fails_forbids_all(site: Site, watch: Watch, look: Any) -> None:
    site.pages["/robots.txt"] = (503, {}, b"")
    site.html("/", "x")
    assert look(watch()).outcome == "robots"
    assert PageCopy.objects.get().problem == "robots_gone"


def test_requests_to_one_site_are_spaced(
    site: Site, watch: Watch, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("mikomi.facts.fetching.time.sleep", slept.append)
    monkeypatch.setattr(fetching, "PACE_SECONDS", 1.0)
    site.html("/", '<a href="/b">b</a>')
    site.html("/b", "b")
    look(watch("site"))
    assert len(slept) >= 2
    assert all(0.5 < seconds <= 1.0 for seconds in slept)


# Traps


def endless_calendar(path: str) -> Answer | None:
    """Every month leads to the next one, and each page says something else."""
    _calendar, _slash, month = path.rpartition("/")
    if not path.startswith("/calendar/") or not month.isdigit():
        return None
    year, number = divmod(int(month) + 1, 100)
    after = (year + number // 13) * 100 + (number - 1) % 12 + 1
    body = f'<p>{month}</p><a href="/calendar/{after}">next</a><a href="/calendar/{month}?view=week&amp;d={month}">'
    return 200, {"Content-Type": "text/html"}, body.encode()


def test_an_endless_calendar_ends(site: Site, watch: Watch, look: Any) -> None:
    site.html("/", '<a href="/calendar/202611">calendar</a>')
    site.other = endless_calendar
    check = look(watch("site", max_depth=10, max_pages=100))
    assert check.state == "done"
    assert check.pages_done < 40
    assert sum(site.asked.values()) < 45


def test_endless_queries_end_and_the_outcome_is_said(site: Site, watch: Watch, look: Any) -> None:
    def other(path: str) -> Answer:
        number = len(path)
        links = "".join(f'<a href="/list?page={number}&amp;f={step}{number}">x</a>' for step in range(5))
        return 200, {"Content-Type": "text/html"}, f"<p>{path}</p>{links}".encode()

    site.text("/robots.txt", "")
    site.other = other
    check = look(watch("site", max_depth=10, max_pages=100))
    assert (check.state, check.outcome) == ("done", "finished")
    assert check.pages_done <= 14
    assert check.remarks["queries"] > 0
    assert "differ in their query only" in " ".join(remarks(check.remarks))


def test_the_same_page_under_endless_names_leads_nowhere(site: Site, watch: Watch, look: Any) -> None:
    def other(path: str) -> Answer:
        return (
            200,
            {"Content-Type": "text/html"},
            f'<p>same</p><a href="{path.rstrip("/")}/x{len(path)}">x</a>'.encode(),
        )

    site.text("/robots.txt", "")
    site.other = other
    check = look(watch("site", max_depth=10))
    assert check.pages_done == 2
    assert check.remarks["same"] == 1


def test_the_most_pages_are_kept_to_and_said(site: Site, watch: Watch, look: Any) -> None:
    for number in range(30):
        site.html(f"/{number}", f"page {number}")
    site.html("/", "".join(f'<a href="/{number}">x</a>' for number in range(30)))
    check = look(watch("site", max_pages=10))
    assert (check.outcome, check.pages_done) == ("page_cap", 10)
    assert check.remarks["page_cap"] == 21


def test_a_check_that_takes_too_long_ends(
    site: Site, watch: Watch, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LONGEST_SECONDS", -1.0)
    site.html("/", "x")
    assert look(watch("site")).outcome == "time"


# What comes back


def test_redirects_are_followed_within_bounds(site: Site, watch: Watch, look: Any, phone: Fact) -> None:
    site.pages["/old"] = (301, {"Location": "/new"}, b"")
    site.html("/new", "お電話 03-9999-8888")
    look(watch(path="/old"))
    assert [one.place for one in open_ones()] == [f"{site.url}/old"]
    site.pages["/round"] = (302, {"Location": "/round"}, b"")
    assert look(watch(path="/round")).outcome == "unreachable"
    assert PageCopy.objects.get(url__endswith="/round").problem == "redirects"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "http://10.0.0.1/", "file:///etc/passwd"]
)
def test_a_redirect_into_a_private_network_is_not_followed(
    target: str, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_public(host: str, port: int, *_args: Any, **_more: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]

    site.pages["/"] = (302, {"Location": target}, b"")
    real = calls.call

    def call(method: str, url: str, *args: Any, **options: Any) -> Any:
        """The first hop plays the open Internet."""
        options["allow_private"] = url.startswith(site.url)
        return real(method, url, *args, **options)

    monkeypatch.setattr(fetching, "call", call)
    found = fetching.fetch(site.url + "/", lambda _url: "", delay=0)
    assert found.problem in ("forbidden", "protocol")
    assert found.body == b""


def test_a_private_address_is_neither_stored_nor_read(
    owner: Actor, watch: Watch, look: Any, site: Site, settings: Settings
) -> None:
    place = watch()
    settings.ALLOW_PRIVATE_PAGES = False
    with pytest.raises(TouchpointError, match="private network"):
        watch()
    look(place)
    assert sum(site.asked.values()) == 0
    assert PageCopy.objects.get().problem in ("forbidden", "robots_gone")


def test_huge_packed_and_foreign_pages(site: Site, watch: Watch, look: Any, phone: Fact) -> None:
    wrong = "お電話 03-9999-8888".encode()
    site.pages["/huge"] = (200, {"Content-Type": "text/html"}, wrong + b"<p>x</p>" * 400_000)
    site.pages["/packed"] = (
        200,
        {"Content-Type": "text/html", "Content-Encoding": "gzip"},
        gzip.compress(wrong),
    )
    site.pages["/bomb"] = (
        200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(wrong + b" " * 50_000_000),
    )  # fmt: skip
    site.pages["/sjis"] = (200, {"Content-Type": "text/html"}, "<p>お電話 03-9999-8888</p>".encode("cp932"))
    site.pages["/image"] = (200, {"Content-Type": "image/png"}, b"\x89PNG")
    for path in ("/huge", "/packed", "/bomb", "/sjis", "/image"):
        look(watch(path=path))
    assert [one.place.removeprefix(site.url) for one in open_ones()] == ["/huge", "/packed", "/bomb", "/sjis"]
    problems = {one.url.removeprefix(site.url): one.problem for one in PageCopy.objects.all()}
    assert problems == {
        "/huge": "too_large",
        "/packed": "",
        "/bomb": "too_large",
        "/sjis": "",
        "/image": "not_text",
    }


# Listings


def test_a_list_of_products_as_csv_in_shift_jis(site: Site, watch: Watch, look: Any, cup: Fact) -> None:
    site.text(
        "/items.csv",
        '商品コード,商品名,販売価格,在庫数\nG1,湯のみ 青,"2,200",3\nX9,壺,100,1\n',
        "text/csv",
        "cp932",
    )
    check = look(watch("csv", "/items.csv"))
    assert check.contradictions == 1
    assert open_ones()[0].snippet == "G1 湯のみ 青 2200 JPY"


def test_a_list_of_products_as_json(site: Site, watch: Watch, look: Any, write: Write) -> None:
    write("discontinued", {"type": "yes_no", "yes": True}, scope="product", product_code="G1")
    site.text(
        "/feed",
        '{"products": [{"id": "G1", "price": "1980 JPY", "availability": "in_stock"}]}',
        "application/json",
    )
    look(watch("json", "/feed"))
    assert [(one.what, one.severity) for one in open_ones()] == [("dead_product", "high")]


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [("csv", "a,b\n1,2\n", "columns"), ("csv", "", "empty"), ("json", "{", "json"), ("json", "[]", "empty")],
)
def test_a_listing_that_can_t_be_read_says_why(
    kind: str, body: str, problem: str, site: Site, watch: Watch, look: Any
) -> None:
    site.text("/feed", body)
    look(watch(kind, "/feed"))
    assert PageCopy.objects.get().problem == problem


def test_the_pages_of_a_sitemap(site: Site, watch: Watch, look: Any, phone: Fact) -> None:
    index = f"<sitemapindex><sitemap><loc>{site.url}/one.xml</loc></sitemap></sitemapindex>"
    site.text("/sitemap.xml", index, "application/xml")
    entries = "".join(f"<url><loc>{site.url}/{name}</loc></url>" for name in ("a", "b"))
    site.text(
        "/one.xml", f"<urlset>{entries}<url><loc>https://elsewhere.example/</loc></url></urlset>", "text/xml"
    )
    site.html("/a", 'お電話 03-9999-8888 <a href="/c">c</a>')
    check = look(watch("sitemap", "/sitemap.xml"))
    assert check.pages_done == 4
    assert sorted(one.what for one in open_ones()) == ["dead_link", "wrong"]
    assert site.asked["/c"] == 0


# In the background


def test_a_portion_at_a_time_and_on_where_it_was(
    site: Site, watch: Watch, owner: Actor, noon: datetime
) -> None:
    site.html("/", "".join(f'<a href="/{number}">x</a>' for number in range(3)))
    for number in range(3):
        site.html(f"/{number}", f"page {number}")
    place = watch("site")
    assert start_due_checks() == 1
    assert start_due_checks() == 0
    check = Check.objects.get()
    assert start_check(actor=owner, touchpoint_id=place.pk) == check
    assert run_portion(check.pk, seconds=0.0) is True
    Check.objects.update(claimed_until=noon + timedelta(minutes=1))
    assert work_on_checks("w") == 0  # another worker is at it
    with clock.frozen(noon + timedelta(minutes=2)):  # it died
        assert work_on_checks("w") == 1
        assert work_on_checks("w") == 0
    check.refresh_from_db()
    assert (check.state, check.pages_done, check.pages_known) == ("done", 4, 4)
    place.refresh_from_db()
    assert place.next_check_at == noon + timedelta(hours=24)


def test_a_stopped_check_writes_nothing_more(site: Site, watch: Watch, owner: Actor, agent: Actor) -> None:
    site.html("/", "x")
    check = start_check(actor=owner, touchpoint_id=watch("site").pk)
    with pytest.raises(PermissionDenied):
        stop_check(actor=agent, check_id=check.pk)
    stop_check(actor=owner, check_id=check.pk)
    assert run_portion(check.pk) is False
    check.refresh_from_db()
    assert (check.state, check.outcome, check.pages_done) == ("stopped", "stopped", 0)


def test_a_place_that_is_no_longer_watched(
    site: Site, watch: Watch, look: Any, phone: Fact, owner: Actor
) -> None:
    site.html("/", "お電話 03-9999-8888")
    place = watch()
    look(place)
    archive_touchpoint(actor=owner, touchpoint_id=place.pk)
    assert open_ones() == []
    assert queries.touchpoints(actor=owner).items == []
    with pytest.raises(CannotResolveError):
        start_check(actor=owner, touchpoint_id=place.pk)


def test_a_place_belongs_to_a_store(
    site: Site, watch: Watch, look: Any, write: Write, business: object
) -> None:
    from mikomi.core.business.models import Store

    store = Store.objects.create(name="京都店", kind="counter", code="KYOTO")
    hours = {"type": "hours", "week": [[[660, 1080]]] * 7}
    write("hours", hours, scope="store", store_id=store.pk, label="Kyoto's hours")
    site.html("/", "<p>営業時間 10:00〜19:00</p>")
    look(watch(store_id=store.pk))
    assert [one.fact.key for one in open_ones() if one.fact] == ["hours.KYOTO"]
    assert open_ones()[0].severity == "high"


@pytest.mark.parametrize("who", ["agent", "marketer", "analyst"])
def test_others_see_places_and_change_none(who: str, request: pytest.FixtureRequest, watch: Watch) -> None:
    place = watch()
    actor: Actor = request.getfixturevalue(who)
    assert queries.touchpoints(actor=actor).items[0].touchpoint == place
    for forbidden in (start_check, archive_touchpoint):
        with pytest.raises(PermissionDenied):
            forbidden(actor=actor, touchpoint_id=place.pk)
    assert not Check.objects.exists()


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"label": ""}, "label"),
        ({"kind": "x"}, "kind"),
        ({"max_pages": 99_999}, "max_pages"),
        ({"store_id": 9}, "store"),
    ],
)
def test_a_place_that_can_t_be(details: dict[str, Any], field: str, owner: Actor) -> None:
    from mikomi.facts.operations import save_touchpoint
    from mikomi.facts.records import TouchpointDraft

    values: dict[str, Any] = {"label": "x", "kind": "page", "url": "https://shop.example/"} | details
    with pytest.raises(TouchpointError) as caught:
        save_touchpoint(actor=owner, draft=TouchpointDraft(**values))
    assert set(caught.value.errors) == {field}
