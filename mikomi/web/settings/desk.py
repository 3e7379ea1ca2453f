"""Settings › Response times and templates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.conversations import fields, operations, queries, rules
from mikomi.conversations.models import Conversation, DeskPolicy, ResponseStandard, Template
from mikomi.core.access.rules import Permission
from mikomi.facts.queries import quotable
from mikomi.web import words
from mikomi.web.settings.business import LANGUAGES
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

CHANNEL_WORDS = [(key, sign.word) for key, sign in words.CHANNELS.items() if key not in ("note", "visit")]


class StandardForm(forms.Form):
    """How soon the first answer is owed."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=[("", gettext_lazy("every channel")), *CHANNEL_WORDS],
        required=False,
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), required=False,
        choices=[("", gettext_lazy("every severity")), *Conversation.Severity.choices],
    )  # fmt: skip
    amount = forms.IntegerField(label=gettext_lazy("Within"), min_value=1, max_value=100_000)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=ResponseStandard.Unit.choices)


StandardFormSet = forms.formset_factory(StandardForm, extra=1, can_delete=True, max_num=60)


class PolicyForm(forms.ModelForm[DeskPolicy]):
    """What the business has decided about its desk."""

    class Meta:
        model = DeskPolicy
        fields = (
            "confirmation_wait_days",
            "question_every_days",
            "question_after_minutes",
        )
        labels = {
            "confirmation_wait_days": gettext_lazy(
                "Working days that a recovery waits for the customer's word"
            ),
            "question_every_days": gettext_lazy(
                "A customer is asked how it went at most once in so many days"
            ),
            "question_after_minutes": gettext_lazy("Minutes after closing when the question leaves"),
        }
        help_texts = dict.fromkeys(labels, "")


class TemplateForm(forms.Form):
    """A text with fields to fill in."""

    key = forms.SlugField(
        label=gettext_lazy("Key"), max_length=64, help_text=gettext_lazy("The same in every language.")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=500, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 14})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def standards(request: StaffRequest) -> HttpResponse:
    """The response standards, all at once."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    first = [
        {"channel": one.channel, "severity": one.severity, "amount": one.amount, "unit": one.unit}
        for one in queries.standards()
    ]
    formset = StandardFormSet(request.POST or None, initial=first)
    problem = ""
    if request.method == "POST" and formset.is_valid():
        try:
            operations.set_standards(actor=request.actor, standards=_standards(formset))
        except ValueError as error:
            problem = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_desk")
    return _desk_page(request, formset, PolicyForm(instance=queries.policy()), problem)


def _standards(formset: Any) -> list[rules.Standard]:
    kept = [
        form.cleaned_data for form in formset if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    return [rules.Standard(data["channel"], data["severity"], data["amount"], data["unit"]) for data in kept]


def _desk_page(
    request: StaffRequest, formset: Any, policy_form: PolicyForm, problem: str = ""
) -> HttpResponse:
    context = {"formset": formset, "policy_form": policy_form, "problem": problem}
    wrong = problem or policy_form.errors or (formset.is_bound and not formset.is_valid())
    return section_page(request, "settings/desk.jinja", "settings_desk", context, 422 if wrong else 200)


@require_POST
@staff_page
def policy(request: StaffRequest) -> HttpResponse:
    """How long recoveries wait, how often customers are asked."""
    form = PolicyForm(request.POST, instance=DeskPolicy())
    if not form.is_valid():
        return _desk_page(request, StandardFormSet(initial=[]), form)
    operations.set_policy(actor=request.actor, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("settings_desk")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def templates(request: StaffRequest) -> HttpResponse:
    """All templates, and the form for a new one."""
    request.actor.require(Permission.TEMPLATES_EDIT)
    form = TemplateForm(request.POST or None, initial={"language": request.business.language})
    if request.method == "POST" and _save(request, form):
        return redirect("settings_templates")
    context = {
        "form": form,
        "templates": queries.templates(actor=request.actor),
        "known_fields": known_fields(),
    }
    status = 422 if form.errors else 200
    return section_page(request, "settings/templates.jinja", "settings_templates", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def template(request: StaffRequest, template_id: int) -> HttpResponse:
    """One template."""
    request.actor.require(Permission.TEMPLATES_EDIT)
    row = get_object_or_404(Template, pk=template_id)
    first = {name: getattr(row, name) for name in ("key", "language", "title", "subject", "text")}
    form = TemplateForm(request.POST or None, initial=first)
    if request.method == "POST" and _save(request, form):
        return redirect("settings_templates")
    context = {"form": form, "template": row, "known_fields": known_fields()}
    status = 422 if form.errors else 200
    return section_page(request, "settings/template.jinja", "settings_templates", context, status)


def known_fields() -> dict[str, str]:
    """The fields and the facts that a template may name, each with what it stands for."""
    language = get_language() or ""
    return dict(fields.labels(language)) | quotable(language)


def _save(request: StaffRequest, form: TemplateForm) -> bool:
    if not form.is_valid():
        return False
    try:
        operations.save_template(actor=request.actor, **form.cleaned_data)
    except operations.TemplateRefusedError as error:
        form.add_error("text", str(error))
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@staff_page
def archive(request: StaffRequest, template_id: int) -> HttpResponse:
    """Take a template out of use."""
    operations.archive_template(actor=request.actor, template_id=template_id)
    messages.success(request, _("Taken out of use."))
    return redirect("settings_templates")
