"""The fields that customers themselves bring to segments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from mikomi.customers.models import Address, Consent, Customer, Identity, Membership, Segment, Tag
from mikomi.customers.rules.contact import ALLOWED_UNLESS_REFUSED, EVERY_CHANNEL
from mikomi.customers.segments.fields import Field, exists, register, row_set


def _languages() -> Mapping[str, str | LazyText]:
    found = Customer.objects.values_list("language", flat=True).distinct().order_by("language")[:100]
    return {language: language for language in found}


def _segments() -> Mapping[str, str | LazyText]:
    return {str(pk): name for pk, name in Segment.objects.values_list("id", "name")}


def _tags() -> Mapping[str, str | LazyText]:
    return {name: name for name in Tag.objects.values_list("name", flat=True)}


def _in_tag(operator: str, value: Any, now: datetime) -> Q:
    found = exists(Customer.tags.through.objects.filter(tag__name=value))
    return found if operator == "has" else ~found


def _in_segment(operator: str, value: Any, now: datetime) -> Q:
    found = exists(Membership.objects.filter(segment_id=int(value)))
    return found if operator == "has" else ~found


def _by_email(purpose: str) -> Any:
    """Whether e-mail is allowed for the purpose: the newest statement, else the rule."""

    def condition(operator: str, value: Any, now: datetime) -> Q:
        said = Consent.objects.filter(
            Q(customer_id=OuterRef("pk")) | Q(customer__merged_into_id=OuterRef("pk")),
            purpose=purpose,
            channel__in=("email", EVERY_CHANNEL),
        ).order_by("-at", "-id")
        counts = Subquery(said.values("granted")[:1])
        granted = Q(pk__in=Customer.objects.annotate(said=counts).filter(said=True).values("pk"))
        refused = Q(pk__in=Customer.objects.annotate(said=counts).filter(said=False).values("pk"))
        allowed = ~refused if purpose in ALLOWED_UNLESS_REFUSED else granted
        return allowed if value else ~allowed

    return condition


def _reachable(operator: str, value: Any, now: datetime) -> Q:
    found = exists(Identity.objects.filter(kind="email", finds=True, undeliverable_since=None))
    return found if value else ~found


def _address(column: str) -> Any:
    def condition(operator: str, value: Any, now: datetime) -> Q:
        lookups = {"is": "", "is_not": "", "contains": "__icontains", "starts_with": "__istartswith"}
        if operator in lookups:
            rows = Address.objects.filter(**{f"{column}{lookups[operator]}": value})
        else:
            rows = Address.objects.exclude(**{column: ""})
        found = exists(rows)
        return ~found if operator in ("is_not", "empty") else found

    return condition


def register_own() -> None:
    """Called at start-up."""
    register(
        Field("language", _("language"), "choice", path="language", choices=_languages),
        Field("family_name", _("family name"), "text", path="family_name"),
        Field("company", _("company"), "text", path="company__name"),
        Field("came_from", _("first came from"), "text", path="came_from"),
        Field("preferred_channel", _("preferred channel"), "text", path="preferred_channel"),
        Field("first_seen", _("first seen"), "date", path="first_seen_at"),
        Field("birthday", _("birthday"), "date", path="birthday"),
        Field("region", _("prefecture or state"), "text", condition=_address("region")),
        Field("city", _("city"), "text", condition=_address("city")),
        Field("tag", _("tag"), "set", condition=_in_tag, choices=_tags),
        Field("segment", _("segment"), "set", condition=_in_segment, choices=_segments),
        Field(
            "known_to", _("known to system"), "set", condition=row_set(Identity, "source", kind="external")
        ),
        Field("email_marketing", _("may get news by e-mail"), "flag", condition=_by_email("marketing")),
        Field("email_survey", _("may be asked by e-mail"), "flag", condition=_by_email("survey")),
        Field("reachable", _("has a working e-mail address"), "flag", condition=_reachable),
        Field("spend", _("total spend"), "money", path="standing__spend_minor"),
        Field("orders", _("number of orders"), "number", path="standing__order_count"),
        Field("first_order", _("first order"), "date", path="standing__first_order_at"),
        Field("last_order", _("last order"), "date", path="standing__last_order_at"),
        Field("staying", _("chance of staying"), "number", path="standing__chance_of_staying"),
        Field("lifetime_value", _("lifetime value"), "money", path="standing__lifetime_value_minor"),
        Field("tier", _("tier"), "text", path="standing__tier"),
    )
