"""The public promise page: what we promised, where it stands, what changed and why; what the customer says to it."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.conversations import operations as desk
from mikomi.core.business.queries import business
from mikomi.promises import operations
from mikomi.promises.models import Promise, Renegotiation, Subscription
from mikomi.promises.operations.disputing import LONGEST_TEXT
from mikomi.promises.queries import PublicPromise, is_erased, public_claim, public_promise
from mikomi.promises.reasons import reason_label
from mikomi.promises.rules.kinds import measure_of
from mikomi.web import words
from mikomi.web.public.pages import public_page, speak

SAID = ("accepted", "declined", "question", "disputed", "subscribed")


class AnswerForm(forms.Form):
    """Yes or no to new terms, or a question."""

    answer = forms.ChoiceField(
        choices=[("accepted", "yes"), ("declined", "no"), ("question", "?")],
        error_messages={"required": gettext_lazy("Say yes or no, or ask.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Your question, or anything you want to tell us"),
        required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class DisputeForm(forms.Form):
    """What was different."""

    evidence = forms.IntegerField(required=False, widget=forms.HiddenInput)
    measurement = forms.IntegerField(required=False, widget=forms.HiddenInput)
    said = forms.CharField(
        label=gettext_lazy("What was different?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reading = forms.FloatField(label=gettext_lazy("How much was it really?"), required=False)


class SubscribeForm(forms.Form):
    """Where news of this promise go."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)


@require_safe
def promise(request: HttpRequest, token: str) -> HttpResponse:
    """One promise, for the one to whom it was made, or to everybody."""
    return _page(request, token)


def _found(token: str) -> PublicPromise:
    found = public_promise(token)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    token: str,
    *,
    answer: AnswerForm | None = None,
    dispute: DisputeForm | None = None,
    subscribe: SubscribeForm | None = None,
) -> HttpResponse:
    if is_erased(token):
        return public_page(request, "public/promise_gone.jinja", {}, language=business().language, status=410)
    found = _found(token)
    said = request.GET.get("said", "")
    language = found.language or business().language
    speak(request, language)
    context = {
        "promise": found,
        "claim": public_claim(token),
        "measure": measure_of(found.terms),
        "reason_label": reason_label,
        "source_words": words.EVIDENCE_SOURCES,
        "said": said if said in SAID else "",
        "answer": answer or AnswerForm(),
        "dispute": dispute or DisputeForm(auto_id="dispute_%s"),
        "subscribe": subscribe or SubscribeForm(auto_id="subscribe_%s"),
        "longest": LONGEST_TEXT,
    }
    wrong = any(form is not None for form in (answer, dispute, subscribe))
    return public_page(
        request, "public/promise.jinja", context, language=language, status=422 if wrong else 200
    )


def _back(token: str, said: str) -> HttpResponse:
    response = redirect("public_promise", token=token)
    response["Location"] += f"?said={said}"
    return response


@require_POST
def answer_terms(request: HttpRequest, token: str, renegotiation_id: int) -> HttpResponse:
    """Yes or no to new terms, or a question."""
    speak(request, _found(token).language or business().language)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            desk.answer_new_terms(
                token=token,
                renegotiation_id=renegotiation_id,
                answer=form.cleaned_data["answer"],
                words=form.cleaned_data["words"],
            )
        except Renegotiation.DoesNotExist as error:
            raise Http404 from error
        except (operations.RenegotiationError, operations.PromiseDecidedError) as error:
            form.add_error(None, str(error))
        else:
            return _back(token, form.cleaned_data["answer"])
    return _page(request, token, answer=form)


@require_POST
def dispute(request: HttpRequest, token: str) -> HttpResponse:
    """That is not what happened, or not what it measures."""
    speak(request, _found(token).language or business().language)
    form = DisputeForm(request.POST, auto_id="dispute_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.raise_dispute(
                token=token, said=data["said"], evidence_id=data["evidence"],
                measurement_id=data["measurement"], reading=data["reading"],
            )  # fmt: skip
        except Promise.DoesNotExist as error:
            raise Http404 from error
        except operations.DisputeError as error:
            form.add_error(None, str(error))
        else:
            return _back(token, "disputed")
    return _page(request, token, dispute=form)


@require_POST
def subscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Tell me by e-mail when it changes: the address is asked first."""
    speak(request, _found(token).language or business().language)
    form = SubscribeForm(request.POST, auto_id="subscribe_%s")
    if form.is_valid():
        try:
            operations.subscribe(
                token=token, email=form.cleaned_data["email"], language=(get_language() or "en")[:2]
            )
        except Promise.DoesNotExist as error:
            raise Http404 from error
        except operations.SubscribeError as error:
            form.add_error("email", str(error))
        else:
            return _back(token, "subscribed")
    return _page(request, token, subscribe=form)


@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: HttpRequest, token: str, key: str, act: str) -> HttpResponse:
    """Confirm or end a subscription. Opening the link changes nothing: mail programs open links by themselves; one
    press of the button does."""
    row = Subscription.objects.select_related("promise").filter(token=key, promise__token=token).first()
    if row is None or act not in ("confirm", "end"):
        raise Http404
    done = False
    if request.method == "POST":
        try:
            change = operations.confirm_subscription if act == "confirm" else operations.end_subscription
            change(token=key)
        except Subscription.DoesNotExist as error:
            raise Http404 from error
        done = True
    context = {"act": act, "done": done, "token": token, "title": _title(act)}
    return public_page(request, "public/promise_mail.jinja", context, language=row.language)


def _title(act: str) -> str:
    return _("News of our promise") if act == "confirm" else _("No more news")
