"""The sample facts."""

from __future__ import annotations

from datetime import datetime

import pytest

from mikomi.core.access.actor import Actor
from mikomi.facts.models import Contradiction, Fact
from mikomi.facts.samples import load_facts

pytestmark = pytest.mark.django_db


def test_the_sample_shop_has_facts_and_contradictions_of_each_sort(owner: Actor, noon: datetime) -> None:
    load_facts(
        owner=owner, products=[("YUN-01", "湯のみ", 1980), ("TEA-05", "詰め合わせ", 3240)], moment=noon
    )
    assert Fact.objects.get(key="price.YUN-01").version_number == 2
    found = {(one.what, one.fact.key) for one in Contradiction.objects.select_related("fact") if one.fact}
    assert found >= {
        ("wrong", "price.YUN-01"),
        ("wrong", "phone.main"),
        ("wrong", "lead.delivery"),
        ("dead_product", "discontinued.TEA-05"),
    }
