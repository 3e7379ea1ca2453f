"""Small surprises: what is proposed, the plan, and what they brought."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.customers import queries as customers
from mikomi.feedback.models import Surprise, SurprisePlan
from mikomi.feedback.operations import carrying
from mikomi.feedback.operations import surprises as operations
from mikomi.feedback.queries import surprises as queries
from mikomi.feedback.wording import surprise_letter
from mikomi.web.staff import StaffRequest, staff_page


class PlanForm(forms.Form):
    """The plan; money in the minor unit of the business's currency."""

    is_active = forms.BooleanField(label=gettext_lazy("Propose surprises"), required=False, initial=True)
    budget = forms.IntegerField(label=gettext_lazy("Budget in a month"), min_value=0, max_value=10**12)
    discount = forms.IntegerField(label=gettext_lazy("Cost of a discount"), min_value=0, max_value=10**9)
    upgrade = forms.IntegerField(label=gettext_lazy("Cost of an upgrade"), min_value=0, max_value=10**9)
    early = forms.IntegerField(label=gettext_lazy("Cost of an early delivery"), min_value=0, max_value=10**9)
    note = forms.IntegerField(label=gettext_lazy("Cost of a note"), min_value=0, max_value=10**9)
    holdout = forms.IntegerField(
        label=gettext_lazy("Held out (%)"), min_value=5, max_value=50, initial=20,
        help_text=gettext_lazy("So many customers get none, by chance; the effect is seen against them."),
    )  # fmt: skip
    rest_days = forms.IntegerField(
        label=gettext_lazy("Days between two surprises"), min_value=1, max_value=3_650, initial=180
    )

    def costs(self) -> dict[str, int]:
        """What each kind costs."""
        return {kind: self.cleaned_data[kind] for kind in Surprise.Kind.values}


def _filled(plan: SurprisePlan | None) -> PlanForm:
    if plan is None:
        return PlanForm()
    costs = {kind: plan.cost_of(kind) for kind in Surprise.Kind.values}
    share = {"holdout": round(plan.holdout_share * 100), "rest_days": plan.rest_days}
    return PlanForm(initial={"is_active": plan.is_active, "budget": plan.budget_minor, **costs, **share})


@require_safe
@staff_page
def surprises(request: StaffRequest) -> HttpResponse:
    """Proposals, plan, effect."""
    return _show(request)


def _show(request: StaffRequest, form: PlanForm | None = None) -> HttpResponse:
    plan = queries.plan(actor=request.actor)
    found = queries.proposed(actor=request.actor)
    to_do = queries.to_carry_out(actor=request.actor)
    context = {
        "plan": plan,
        "left": queries.left(actor=request.actor),
        "found": found,
        "to_do": to_do,
        "waits": queries.WAITS,
        "names": customers.display_ids([one.customer_id for one in (*found, *to_do)]),
        "effect": _effect(request.actor),
        "form": form or _filled(plan),
    }
    return render(request, "expectations/surprises.jinja", context, status=422 if form else 200)


def _effect(actor: Actor) -> queries.Effect | None:
    return queries.effect(actor=actor) if actor.may(Permission.FIGURES_VIEW) else None


@require_POST
@staff_page
def plan(request: StaffRequest) -> HttpResponse:
    """Set the plan, and propose at once what fits it."""
    form = PlanForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.set_plan(
                actor=request.actor,
                budget_minor=data["budget"],
                costs=form.costs(),
                holdout_share=data["holdout"] / 100,
                rest_days=data["rest_days"],
                is_active=data["is_active"],
            )
        except operations.SurpriseError as error:
            form.add_error(None, str(error))
    if form.errors:
        return _show(request, form)
    operations.propose()
    messages.success(request, _("The plan is set."))
    return redirect("surprises")


def _acted(
    request: StaffRequest, do: Callable[[], object], done: str, place: str = "surprises"
) -> HttpResponse:
    try:
        do()
    except operations.SurpriseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("today" if request.GET.get("next") == "today" else place)


@require_POST
@staff_page
def approve(request: StaffRequest, surprise_id: int) -> HttpResponse:
    """Let a proposal be done, by a colleague or by whoever may."""
    carrier_id = whole_number(request.POST.get("carrier", ""))
    return _acted(
        request,
        lambda: operations.approve(actor=request.actor, surprise_id=surprise_id, carrier_id=carrier_id),
        _("Approved. It stands on Today until it is carried out."),
    )


@require_POST
@staff_page
def dismiss(request: StaffRequest, surprise_id: int) -> HttpResponse:
    """Turn a proposal down, or give an approved one up."""
    return _acted(
        request, lambda: operations.dismiss(actor=request.actor, surprise_id=surprise_id), _("Turned down.")
    )


@require_POST
@staff_page
def done(request: StaffRequest, surprise_id: int) -> HttpResponse:
    """It was carried out."""
    return _acted(
        request, lambda: carrying.carry_out(actor=request.actor, surprise_id=surprise_id), _("Carried out.")
    )


class MessageForm(forms.Form):
    """The message that a surprise is."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=500)
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 9})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def surprise(request: StaffRequest, surprise_id: int) -> HttpResponse:
    """One surprise: for whom and why, and carrying it out; POST puts its message into the outbox."""
    row = queries.surprise(actor=request.actor, surprise_id=surprise_id)
    letter = surprise_letter(row)
    form = MessageForm(initial={"subject": letter.subject, "text": letter.text})
    if request.method == "POST":
        form = MessageForm(request.POST)
        if form.is_valid():
            try:
                sent = carrying.draft_message(
                    actor=request.actor, surprise_id=surprise_id, **form.cleaned_data
                )
            except operations.SurpriseError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("It waits in the outbox until somebody releases it."))
                return redirect("outgoing", outgoing_id=sent.pk)
    colleagues = list(access.users(actor=request.actor))
    context = {
        "it": row,
        "customer": customers.display([row.customer])[row.customer_id],
        "colleagues": [(user.pk, str(user)) for user in colleagues],
        "names": {user.pk: str(user) for user in colleagues},
        "form": form if row.kind in queries.BY_MESSAGE else None,
        "is_waiting": row.outgoing is not None and row.outgoing.state in queries.WAITS,
        "may_act": request.actor.may(Permission.RECOVERY_GRANT),
    }
    return render(request, "expectations/surprise.jinja", context, status=422 if form.errors else 200)
