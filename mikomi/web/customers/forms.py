"""What can be said of a customer by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.customers.models import Consent, Customer, Identity
from mikomi.web import words

CHANNELS = [(key, words.CHANNELS[key].word) for key in ("email", "phone", "sms", "line", "chat")]
CONSENT_CHANNELS = [("any", pgettext_lazy("consent", "every channel")), *CHANNELS]
SOURCES = {
    "counter": _("at the counter"),
    "phone": _("on the telephone"),
    "email": _("in an e-mail"),
    "form": _("on a form"),
}
"""Where a customer may have said what they wish."""
OTHER_SOURCES = {"import": _("from a file"), "link": _("by a link in a message"), "api": _("through the API")}
LANGUAGES = [
    ("ja", "日本語"), ("en", "English"), ("zh", "中文"), ("ko", "한국어"), ("de", "Deutsch"), ("es", "Español"),
    ("fr", "Français"), ("nl", "Nederlands"), ("pt", "Português"), ("vi", "Tiếng Việt"),
]  # fmt: skip


class ProfileForm(forms.Form):
    """Name, language, way of contact, background."""

    family_name = forms.CharField(label=_("Family name"), max_length=200, required=False)
    given_name = forms.CharField(label=_("Given name"), max_length=200, required=False)
    family_kana = forms.CharField(label=_("Family name (kana)"), max_length=200, required=False)
    given_kana = forms.CharField(label=_("Given name (kana)"), max_length=200, required=False)
    name_order = forms.ChoiceField(
        label=_("Said first"), choices=[("", _("as the language has it")), *Customer.NameOrder.choices],
        required=False,
    )  # fmt: skip
    honorific = forms.CharField(
        label=_("Honorific"), max_length=20, required=False, help_text=_("Empty: as the language has it.")
    )
    company = forms.CharField(label=_("Company"), max_length=300, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    preferred_channel = forms.ChoiceField(
        label=_("Preferred channel"), choices=[("", _("no preference known")), *CHANNELS], required=False
    )
    birthday = forms.DateField(
        label=_("Birthday"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    background = forms.CharField(
        label=_("Background, interests and goals"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        known = str(self.initial.get("language", ""))
        if known and known not in dict(LANGUAGES):
            field.choices = [*LANGUAGES, (known, known)]


class NewCustomerForm(ProfileForm):
    """A new customer: how they are reached, too."""

    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)

    field_order = (
        "family_name",
        "given_name",
        "family_kana",
        "given_kana",
        "email",
        "phone",
        "company",
        "language",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        named = ("family_name", "given_name", "email", "phone")
        if not self.errors and not any(data.get(name) for name in named):
            raise forms.ValidationError(_("Give a name, an e-mail address or a telephone number."))
        return data


class IdentityForm(forms.Form):
    """An address, number or id by which a customer is known."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Identity.Kind.choices)
    value = forms.CharField(label=_("Address or number"), max_length=254)
    source = forms.SlugField(
        label=_("Given by"), max_length=32, required=False,
        help_text=_("Only for an id: which system gave it, for example loyalty."),
    )  # fmt: skip


class AddressForm(forms.Form):
    """A postal address."""

    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    region = forms.CharField(label=_("Prefecture or state"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=200, required=False)
    lines = forms.CharField(label=_("Street and house"), max_length=2000, required=False)
    country = forms.CharField(label=_("Country (two letters)"), max_length=2, required=False)
    is_primary = forms.BooleanField(label=_("Use this address first"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in ("postal_code", "region", "city", "lines")):
            raise forms.ValidationError(_("Write the address."))
        return data


class ConsentForm(forms.Form):
    """What the customer said about contact."""

    channel = forms.ChoiceField(label=_("Channel"), choices=CONSENT_CHANNELS)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose.choices)
    granted = forms.ChoiceField(
        label=_("They said"), widget=forms.RadioSelect,
        choices=[("yes", pgettext_lazy("consent", "Yes, you may")),
                 ("no", pgettext_lazy("consent", "No, please don't"))],
    )  # fmt: skip
    source = forms.ChoiceField(
        label=_("Where they said it"),
        choices=list(SOURCES.items()),
    )  # fmt: skip


class NoteForm(forms.Form):
    """A note for colleagues."""

    text = forms.CharField(
        label=_("Note for colleagues"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TagForm(forms.Form):
    """A word on a customer."""

    name = forms.CharField(label=_("Tag"), max_length=100)
