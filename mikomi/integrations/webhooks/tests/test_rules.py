"""Which addresses may be called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mikomi.core import addresses
from mikomi.integrations.webhooks import rules

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.9", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_the_open_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_loopback_and_hidden_ones_are_not(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "scheme"), ("ftp://example.com/", "scheme"), ("javascript:alert(1)", "scheme"),
        ("https:///x", "host"), ("https://[::1", "host"), ("https://example.com:99999/", "host"), ("", "scheme"),
        ("https://user:pw@example.com/", "credentials"), ("https://example.com/#x", "fragment"),
        ("https://example.com:0/", "port"), ("https://exa mple.com/", "host"), ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"), ("https://localhost/", "private"), ("https://db.internal/", "private"),
        ("https://LOCALHOST./", "private"),
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(rules.WrongAddressError) as error:
        rules.check_url(url, allow_private=False)
    assert error.value.code == code


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://example.com:8443/hook?x=1", "https://例え.jp/フック"]
)
def test_addresses_that_are_taken(url: str) -> None:
    rules.check_url(url, allow_private=False)


def test_tests_may_call_their_own_machine() -> None:
    rules.check_url("http://127.0.0.1:8000/", allow_private=True)


def test_it_is_tried_for_about_three_days() -> None:
    assert timedelta(days=3) <= sum(rules.RETRY_DELAYS, timedelta()) <= timedelta(days=4)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)), ("", timedelta(0)), ("-5", timedelta(0)), ("soon", timedelta(0)),
        ("Wed, 18 Nov 2026 03:10:00 GMT", timedelta(minutes=10)), ("Wed, 18 Nov 2020 03:10:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=1)), ("٣", timedelta(0)),
    ],
)  # fmt: skip
def test_retry_after(header: str, wait: timedelta) -> None:
    assert rules.wait_asked_for(header, NOW) == wait
