"""Making a promise of any kind, and choosing which ones a list shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.customers.queries.knowing import known_by
from mikomi.promises import queries
from mikomi.promises.models import Promise
from mikomi.promises.records import NewPromise
from mikomi.promises.rules.kinds import CLAIMS, STANDING
from mikomi.web.forms import MomentField

Kind, Audience = Promise.Kind, Promise.Audience
MADE_HERE = [kind for kind in Kind if kind not in (Kind.ANSWER, Kind.CLAIM, Kind.SERVICE_LEVEL)]
"""Answers owed come from the response standards; what is measured is stated on the claims' own page, with evidence."""
_ANY = ("", _("any"))


class FilterForm(forms.Form):
    """Which promises of a list."""

    kind = forms.ChoiceField(
        label=_("Kind of promise"),
        choices=[_ANY, *((kind.value, kind.label) for kind in Kind if kind != Kind.ANSWER)],
        required=False,
    )
    expectation = forms.ChoiceField(
        label=_("Class"), choices=[_ANY, *Promise.ExpectationClass.choices], required=False
    )
    origin = forms.ChoiceField(label=_("Origin"), choices=[_ANY, *Promise.Origin.choices], required=False)
    audience = forms.ChoiceField(label=_("To"), choices=[_ANY, *Audience.choices], required=False)
    standing = forms.BooleanField(required=False, widget=forms.HiddenInput)
    expired = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        field = self.fields["expectation"]
        assert isinstance(field, forms.ChoiceField)
        applying = set(queries.expectation_classes()) | {self.data.get("expectation", "")}
        classes = [choice for choice in Promise.ExpectationClass.choices if choice[0] in applying]
        field.choices = [_ANY, *classes]

    def wanted(self) -> queries.Wanted:
        """For the list."""
        return queries.Wanted(**self.cleaned_data)

    def kept(self) -> dict[str, str]:
        """What is chosen, for the addresses of the page's links."""
        data = self.cleaned_data
        return {name: "1" if value is True else str(value) for name, value in data.items() if value}


class NewForm(forms.Form):
    """A new promise. What its kind does not need stays empty."""

    kind = forms.ChoiceField(
        label=_("What kind"), choices=[(kind.value, kind.label) for kind in MADE_HERE], initial=Kind.CUSTOM
    )
    audience = forms.ChoiceField(label=_("To"), choices=Audience.choices)
    email = forms.CharField(
        label=_("The customer's e-mail address or phone number"), max_length=254, required=False
    )
    segment = forms.TypedChoiceField(label=_("Segment"), coerce=int, empty_value=None, required=False)
    statement = forms.CharField(
        label=_("In the words used"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_at = MomentField(label=_("By when"), required=False, help_text=_("For a booked time: when it ends."))
    attribute = forms.CharField(label=_("Of what"), max_length=200, required=False)
    value = forms.FloatField(label=_("How much"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=32, required=False, help_text=_("min, kg, JPY…"))
    tolerance = forms.FloatField(label=_("How far off is accepted"), required=False, min_value=0)
    direction = forms.ChoiceField(
        label=_("Meant as"),
        choices=[
            ("at_least", _("at least")),
            ("at_most", _("at most")),
            ("about", _("about")),
            ("exactly", _("exactly")),
        ],
        required=False,
    )
    expectation = forms.ChoiceField(
        label=_("Class"), choices=Promise.ExpectationClass.choices, initial=Promise.ExpectationClass.EXPLICIT
    )
    origin = forms.ChoiceField(
        label=_("Where the expectation comes from"),
        choices=[("", _("not known")), *Promise.Origin.choices],
        required=False,
    )
    published_in = forms.CharField(
        label=_("Where it was said"),
        max_length=500,
        required=False,
        help_text=_("An address, a page, a leaflet."),
    )
    norm_of = forms.ChoiceField(
        label=_("Whose norm"), choices=[("", "–"), *Promise.NormOf.choices], required=False
    )
    cited = forms.CharField(label=_("Source of the norm"), max_length=500, required=False)
    cited_on = forms.DateField(
        label=_("Date of the source"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=_("Holds until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, actor: Actor, customer_id: int | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.customer_id = actor, customer_id
        self._choices("expectation", [
            choice for choice in Promise.ExpectationClass.choices if choice[0] in queries.expectation_classes()
        ])  # fmt: skip
        segments = customers.segments(actor=actor) if actor.may(Permission.CUSTOMERS_VIEW) else ()
        self._choices("segment", [("", "–"), *((one.pk, one.name) for one in segments)])
        if customer_id is not None:
            self.fields["audience"].initial = Audience.ONE
            del self.fields["email"]

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("audience") == Audience.ONE and self.customer_id is None:
            self.customer_id = self._known(data.get("email", ""))
        if data.get("audience") == Audience.SEGMENT and not data.get("segment"):
            self.add_error("segment", _("Say to which segment it is promised."))
        kind = data.get("kind")
        if kind and kind not in STANDING and not data.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", _("Say by when; a promise without a date can't be kept or broken."))
        return data

    def _known(self, address: str) -> int | None:
        found = known_by(actor=self.actor, address=address) if address.strip() else None
        if found is None:
            self.add_error("email", _("Nobody is known by this address; add the customer first."))
        return found

    def promise(self) -> NewPromise:
        """What was filled in."""
        data = self.cleaned_data
        to_one, standing = data["audience"] == Audience.ONE, data["kind"] in STANDING
        return NewPromise(
            kind=data["kind"],
            customer_id=self.customer_id if to_one else None,
            due_at=None if standing else data["due_at"],
            source="agent",
            statement=data["statement"],
            expectation=data["expectation"],
            keeper_id=self.actor.user_id,
            audience=data["audience"],
            segment_id=data["segment"] if data["audience"] == Audience.SEGMENT else None,
            origin=data["origin"],
            published_in=data["published_in"],
            norm_of=data["norm_of"] if data["kind"] == Kind.NORM else "",
            cited=data["cited"],
            cited_on=data["cited_on"],
            valid_until=data["valid_until"],
            terms=self._terms(data),
        )

    @staticmethod
    def _terms(data: dict[str, Any]) -> dict[str, Any]:
        if data["value"] is None:
            return {"attribute": data["attribute"]} if data["attribute"] else {}
        terms: dict[str, Any] = {"value": data["value"], "unit": data["unit"].strip()}
        if data["attribute"] or data["kind"] in CLAIMS:
            terms["attribute"] = data["attribute"].strip()
        if data["tolerance"]:
            terms["tolerance"] = data["tolerance"]
        terms["direction"] = data["direction"] or "at_least"
        return terms
