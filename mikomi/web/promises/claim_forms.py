"""Stating a claim, measuring it by hand or from a file, disputing a measurement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mikomi.promises.models import Claim, Promise
from mikomi.promises.records import NewClaim
from mikomi.promises.rules.claim_words import ReadClaim, read_claim
from mikomi.promises.rules.claims import Basis, Bound
from mikomi.web.forms import MomentField

BASES = (
    (Basis.AVERAGE, _("the average of all")),
    (Basis.EACH, _("each single case")),
    (Basis.YES_NO, _("a share of people or cases (yes or no)")),
)
BOUNDS = (
    (Bound.ABOUT, _("about: within the tolerance on both sides")),
    (Bound.AT_LEAST, _("at least")),
    (Bound.AT_MOST, _("at most")),
)
KINDS = (Promise.Kind.CLAIM, Promise.Kind.ATTRIBUTE, Promise.Kind.SERVICE_LEVEL)


class WordingForm(forms.Form):
    """The claim in its own words."""

    statement = forms.CharField(
        label=_("The claim, as customers read it"), max_length=500,
        help_text=_("For example: lasts up to 10 hours · answers within 2 minutes · 98 % would recommend us"),
    )  # fmt: skip


class ClaimForm(WordingForm):
    """What the claim says exactly; read from its words, confirmed by a person."""

    attribute = forms.CharField(label=_("What is measured"), max_length=120)
    basis = forms.ChoiceField(label=_("It is about"), choices=BASES)
    direction = forms.ChoiceField(label=_("It promises"), choices=BOUNDS)
    value = forms.FloatField(label=_("Claimed value"), help_text=_("A share of people in percent."))
    unit = forms.CharField(label=_("Unit"), max_length=24, required=False)
    tolerance = forms.FloatField(
        label=_("Tolerance"), min_value=0, required=False, initial=0,
        help_text=_("How far off customers still accept, in the same unit."),
    )  # fmt: skip
    share = forms.FloatField(
        label=_("Of each single case: how many must be as claimed (%)"), min_value=0.1, max_value=99.9,
        required=False, initial=95,
    )  # fmt: skip
    ceiling = forms.FloatField(
        label=_("Largest possible value"), required=False,
        help_text=_("Of an average of waiting times and the like: the verdict then holds however they scatter."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in KINDS])
    sku = forms.CharField(
        label=_("Product (SKU)"), max_length=128, required=False,
        help_text=_("A claim without a product, or something that measures our service, is not published."),
    )  # fmt: skip
    feed = forms.ChoiceField(
        label=_("Measured by itself from"),
        choices=[("", _("nothing: by hand, by file, by the API")), *Claim.Feed.choices],
        required=False,
    )
    published_in = forms.CharField(label=_("Where it is (to be) published"), max_length=500, required=False)
    origin = forms.ChoiceField(
        label=_("Where the expectation comes from"),
        choices=[("", _("not known")), *Promise.Origin.choices],
        required=False,
        initial=Promise.Origin.MARKETING,
    )

    def new_claim(self, product_id: int | None) -> NewClaim:
        """The claim as the ledger takes it."""
        data = self.cleaned_data
        return NewClaim(
            statement=data["statement"],
            attribute=data["attribute"],
            value=data["value"],
            unit=data["unit"],
            tolerance=data["tolerance"] or 0.0,
            direction=data["direction"],
            basis=data["basis"],
            share=(data["share"] or 95) / 100,
            ceiling=data["ceiling"],
            kind=data["kind"],
            product_id=product_id,
            feed=data["feed"],
            published_in=data["published_in"],
            origin=data["origin"],
        )


def initial_of(statement: str) -> dict[str, Any]:
    """What the words of a claim say, for the form."""
    read: ReadClaim | None = read_claim(statement)
    if read is None:
        return {"statement": statement}
    return {
        "statement": statement,
        "basis": read.basis.value,
        "direction": read.bound.value,
        "value": f"{read.value:g}",
        "unit": read.unit,
        "tolerance": f"{read.tolerance:g}",
        "share": f"{read.share * 100:g}",
    }


class MeasureForm(forms.Form):
    """One measurement by hand."""

    value = forms.CharField(label=_("Measured value"), max_length=60)
    measured_at = MomentField(label=_("When"), required=False, help_text=_("Empty: just now."))
    item = forms.CharField(
        label=_("Which one"), max_length=120, required=False,
        help_text=_("A serial number: one thing measured several times counts once."),
    )  # fmt: skip
    measured_by = forms.CharField(label=_("Measured by"), max_length=200, required=False)
    note = forms.CharField(label=_("Note for colleagues"), max_length=2000, required=False)


class FileForm(forms.Form):
    """A file of measurements."""

    file = forms.FileField(
        label=_("File of measurements"), max_length=255,
        help_text=_("CSV with a column “value”; if there are any, also date, unit, item, measured by, id, note."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )  # fmt: skip


class DisputeForm(forms.Form):
    """What somebody says against a measurement."""

    words = forms.CharField(label=_("What is wrong with it"), max_length=2000)
