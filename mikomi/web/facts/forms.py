"""A fact and a place as a person writes them."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.core.access.queries import users
from mikomi.core.business import queries as business
from mikomi.facts.models import Fact, Touchpoint
from mikomi.facts.operations.touchpoints import DEEPEST, LONGEST_PERIOD, MOST_PAGES
from mikomi.facts.queries import FactRow
from mikomi.facts.records import FactDraft, TouchpointDraft
from mikomi.facts.rules.saying import say
from mikomi.facts.rules.values import KIND_TYPES, WrongValueError, from_json, to_json, type_of
from mikomi.facts.rules.writing import read_value
from mikomi.web.facts import signs
from mikomi.web.forms import MomentField
from mikomi.web.staff import StaffRequest

_COMMA = re.compile(r"[,、，\n]")


class WordsField(forms.CharField):
    """Words with commas between them; cleans to a tuple."""

    def clean(self, value: Any) -> Any:
        return tuple(word.strip() for word in _COMMA.split(super().clean(value)) if word.strip())


class FactForm(forms.Form):
    """A fact of one kind. The value is typed as people write it and read by the readers of texts."""

    label = forms.CharField(
        label=pgettext_lazy("fact", "Name"), max_length=200, help_text=_("What colleagues call it.")
    )
    value_type = forms.ChoiceField(label=_("Sort of value"))
    value = forms.CharField(label=_("Value"), max_length=2_000)
    scope = forms.ChoiceField(label=_("It is a fact of"), choices=Fact.Scope.choices)
    product_code = forms.CharField(label=_("Product code"), max_length=128, required=False)
    store = forms.TypedChoiceField(label=_("Store"), required=False, coerce=int, empty_value=None)
    brand = forms.TypedChoiceField(label=_("Brand"), required=False, coerce=int, empty_value=None)
    names = WordsField(
        label=_("Names in texts"), max_length=1_000, required=False,
        help_text=_("How pages name the product or place, besides its code; commas between."),
    )  # fmt: skip
    aspect = forms.CharField(
        label=_("Which of them"), max_length=64, required=False,
        help_text=_("If there are several of this kind: delivery, weight, fax. One word of Latin letters."),
    )  # fmt: skip
    labels = WordsField(
        label=_("Words beside the value"), max_length=1_000, required=False,
        help_text=_("How pages call the thing itself: 重さ, weight. Without them any such value counts."),
    )  # fmt: skip
    owner = forms.TypedChoiceField(
        label=_("Owner"), coerce=int, help_text=_("Who answers for it: one person.")
    )
    wording_ja = forms.CharField(
        label=_("Wording in Japanese"), max_length=2_000, required=False, help_text=_("{value} stands for the value."),
    )  # fmt: skip
    wording_en = forms.CharField(
        label=_("Wording in English"), max_length=2_000, required=False, help_text=_("{value} stands for the value."),
    )  # fmt: skip
    valid_from = MomentField(label=_("Valid from"), required=False, help_text=_("Empty: from now on."))
    valid_until = MomentField(label=_("Valid until"), required=False, help_text=_("Empty: without an end."))
    review_on = forms.DateField(
        label=_("Review on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    key = forms.CharField(
        label=_("Key"), max_length=120, required=False,
        help_text=_("By which texts quote it. Empty: made from kind, product or store."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why it changes"), max_length=300, required=False)

    def __init__(
        self, *args: Any, request: StaffRequest, kind: str, row: FactRow | None = None, **more: Any
    ) -> None:
        if row is not None:
            more.setdefault("initial", _initial(row, request.user.language))
        super().__init__(*args, **more)
        self.kind, self.row, self._currency = kind, row, request.business.currency
        self._choose("value_type", [(one, signs.TYPES[one]) for one in KIND_TYPES[kind]])
        self._choose("owner", [(one.pk, one.name) for one in users(actor=request.actor)])
        self._choose("store", [("", "—"), *((one.pk, one.name) for one in business.stores())])
        self._choose("brand", [("", "—"), *((one.pk, one.name) for one in business.brands())])
        self.fields["value"].help_text = signs.EXAMPLES[KIND_TYPES[kind][0]]
        if kind in ("hours", "text"):
            self.fields["value"].widget = forms.Textarea(attrs={"rows": 3})
        if len(KIND_TYPES[kind]) == 1:
            self.fields["value_type"].widget = forms.HiddenInput()
            self.fields["value_type"].initial = KIND_TYPES[kind][0]
        self._drop("key" if row else "reason")
        if row is None:
            self.fields["owner"].initial = request.user.pk
        elif row.fact.feed:
            self.fields["value"].disabled = True

    def _choose(self, name: str, options: list[tuple[Any, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = options

    def _drop(self, name: str) -> None:
        del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "value" in data and "value_type" in data:
            try:
                data["read"] = self._read(data)
            except WrongValueError:
                self.add_error(
                    "value", _("This could not be read as such a value. Write it as in the example.")
                )
        return data

    def _read(self, data: dict[str, Any]) -> dict[str, Any]:
        """A fed fact keeps its value whatever is shown of it."""
        if self.row is not None and self.row.fact.feed and self.row.version:
            return self.row.version.value
        return to_json(read_value(data["value_type"], data["value"], currency=self._currency))

    def draft(self) -> FactDraft:
        """What was written, for the operation."""
        data = self.cleaned_data
        return FactDraft(
            kind=self.kind,
            label=data["label"],
            value=data["read"],
            owner_ids=(data["owner"],),
            key=data.get("key", ""),
            aspect=data["aspect"],
            scope=data["scope"],
            brand_id=data["brand"],
            store_id=data["store"],
            product_code=data["product_code"],
            names=data["names"],
            labels=data["labels"],
            wording={"ja": data["wording_ja"], "en": data["wording_en"]},
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            review_on=data["review_on"],
            reason=data.get("reason", ""),
        )


def _initial(row: FactRow, language: str) -> dict[str, Any]:
    """The newest version as a person would type it."""
    fact = row.fact
    newest = max(fact.versions.all(), key=lambda one: one.number)
    value = from_json(newest.value)
    return {
        "label": fact.label, "value_type": type_of(value), "value": say(value, language, kind=fact.kind),
        "scope": fact.scope, "product_code": fact.product_code, "store": fact.store_id, "brand": fact.brand_id,
        "names": "、".join(fact.names), "aspect": fact.aspect, "labels": "、".join(fact.labels), "owner": fact.owner_id,
        "wording_ja": newest.wording.get("ja", ""), "wording_en": newest.wording.get("en", ""),
        "valid_from": newest.valid_from and timezone.localtime(newest.valid_from),
        "valid_until": newest.valid_until and timezone.localtime(newest.valid_until), "review_on": fact.review_on,
    }  # fmt: skip


class PlaceForm(forms.Form):
    """A page, a site or a listing to be watched."""

    label = forms.CharField(label=pgettext_lazy("fact", "Name"), max_length=200)
    kind = forms.ChoiceField(label=_("What it is"), choices=Touchpoint.Kind.choices)
    url = forms.CharField(
        label=pgettext_lazy("page", "Address"),
        max_length=1_000,
        widget=forms.URLInput(attrs={"inputmode": "url"}),
    )
    store = forms.TypedChoiceField(
        label=_("It is about the store"), required=False, coerce=int, empty_value=None,
        help_text=_("Its hours and numbers are compared with those of this store."),
    )  # fmt: skip
    brand = forms.TypedChoiceField(
        label=_("It is about the brand"), required=False, coerce=int, empty_value=None
    )
    product_code = forms.CharField(
        label=_("It is about the product"), max_length=128, required=False, help_text=_("Its code.")
    )
    every_hours = forms.IntegerField(
        label=_("Look every … hours"), min_value=1, max_value=LONGEST_PERIOD, initial=24
    )
    max_pages = forms.IntegerField(label=_("At most pages"), min_value=1, max_value=MOST_PAGES, initial=200)
    max_depth = forms.IntegerField(label=_("Links deep"), min_value=0, max_value=DEEPEST, initial=4)
    is_active = forms.BooleanField(label=_("Look by itself"), required=False, initial=True)

    def __init__(self, *args: Any, row: Touchpoint | None = None, **more: Any) -> None:
        if row is not None:
            names = (
                "label",
                "kind",
                "url",
                "product_code",
                "every_hours",
                "max_pages",
                "max_depth",
                "is_active",
            )
            more["initial"] = {name: getattr(row, name) for name in names} | {
                "store": row.store_id, "brand": row.brand_id,
            }  # fmt: skip
        super().__init__(*args, **more)
        for name, rows in (("store", business.stores()), ("brand", business.brands())):
            cast(forms.ChoiceField, self.fields[name]).choices = [
                ("", "—"),
                *((one.pk, one.name) for one in rows),
            ]

    def draft(self) -> TouchpointDraft:
        """What was written, for the operation."""
        data = dict(self.cleaned_data)
        return TouchpointDraft(store_id=data.pop("store"), brand_id=data.pop("brand"), **data)
