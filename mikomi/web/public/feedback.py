"""How satisfied were you? The first answer is one click in the message.

The link carries the score. Mail scanners open links too, so opening alone records nothing: the page sends the
score by itself (a script), and without scripts one press of its button does.
"""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from mikomi.core.text import whole_number
from mikomi.feedback import operations, queries
from mikomi.feedback.models import Answer, Invitation
from mikomi.web.public.pages import public_page

SCORES = (1, 2, 3, 4, 5)


class AnswerForm(forms.Form):
    """The score, and a few words if they like."""

    score = forms.TypedChoiceField(coerce=int, choices=[(str(score), str(score)) for score in SCORES])
    comment = forms.CharField(
        label=_("What could we do better?"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question with the clicked score, take the answer, take words, thank."""
    try:
        invitation = queries.invitation(token)
    except Invitation.DoesNotExist as error:
        raise Http404 from error
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        comment = data["comment"] if "comment" in request.POST else None
        operations.answer(token=token, score=data["score"], comment=comment)
        return redirect(f"{request.path}?{'thanks=1' if comment is not None else 'answered=1'}")
    given = _given(invitation)
    clicked = whole_number(request.GET.get("score", ""), digits=2)
    context = {
        "form": form,
        "given": given,
        "clicked": clicked if clicked in SCORES and given is None else None,
        "thanks": "thanks" in request.GET,
        "scores": SCORES,
        "action": request.path,
    }
    language = invitation.conversation.language if invitation.conversation else invitation.customer.language
    return public_page(
        request, "public/question.jinja", context, language=language, status=422 if form.errors else 200
    )


def _given(invitation: Invitation) -> int | None:
    try:
        return invitation.answer.score
    except Answer.DoesNotExist:
        return None
