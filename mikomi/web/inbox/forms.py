"""What can be sent from a conversation: an answer or note with a promise, and the steps of a recovery."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mikomi.conversations import queries
from mikomi.conversations.models import Conversation, RecoveryCase, RecoveryGuide, Remedy
from mikomi.conversations.records import PromiseInAnswer
from mikomi.core import clock
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.business.queries import business
from mikomi.core.money import BadAmountError, exponent_of, parse_amount
from mikomi.core.text import whole_number
from mikomi.promises.models import Promise
from mikomi.web.forms import FutureField, MomentField
from mikomi.web.staff import LARGEST_ID

LONGEST_MESSAGE = 100_000
KINDS = [(kind.value, kind.label) for kind in (Promise.Kind.CALLBACK, Promise.Kind.CUSTOM)]


class WriteForm(forms.Form):
    """An answer or an internal note."""

    kind = forms.ChoiceField(choices=[("reply", _("Reply")), ("note", _("Note"))], initial="reply")
    body = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        error_messages={"required": _("Write something first.")},
    )
    template_key = forms.CharField(max_length=64, required=False)
    close_after = forms.BooleanField(required=False)
    once_key = forms.CharField(max_length=64, required=False)
    seen_message = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_ID)
    sender = forms.CharField(max_length=64, required=False)
    file = forms.TypedMultipleChoiceField(coerce=int, required=False, choices=())
    send_at = FutureField(label=_("Leaves on"), required=False)
    later = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        file = self.fields["file"]
        assert isinstance(file, forms.TypedMultipleChoiceField)
        # Which of them are this person's is the operation's question; here they only have to be numbers.
        given = self.data.getlist("file") if isinstance(self.data, QueryDict) else []
        file.choices = [(one, one) for one in given if whole_number(one) is not None]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("later") and not data.get("send_at") and "send_at" not in self.errors:
            self.add_error("send_at", _("Say when it leaves."))
        return data

    def leaves_at(self, undo_seconds: int) -> datetime | None:
        """When the answer leaves: at the moment chosen, else after the seconds in which it can be taken back."""
        if self.cleaned_data["later"]:
            chosen: datetime = self.cleaned_data["send_at"]
            return chosen
        return clock.now() + timedelta(seconds=undo_seconds) if undo_seconds else None


class PromiseForm(forms.Form):
    """A promise recorded with an answer."""

    promise_kind = forms.ChoiceField(label=_("What is promised"), choices=KINDS, required=False)
    promise_statement = forms.CharField(
        label=_("In the words used"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("We call you back about the repair.")}),
    )  # fmt: skip
    promise_due = FutureField(label=_("By when"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("promise_statement") and not data.get("promise_due") and "promise_due" not in self.errors:
            self.add_error("promise_due", _("Say by when; a promise without a date can't be kept or broken."))
        if data.get("promise_due") and not data.get("promise_statement"):
            self.add_error("promise_statement", _("Say what is promised."))
        return data

    def promise(self) -> PromiseInAnswer | None:
        """What was filled in; none when the fields were left empty."""
        data = self.cleaned_data
        if not data.get("promise_statement"):
            return None
        return PromiseInAnswer(
            data["promise_statement"], data["promise_due"], data["promise_kind"] or "callback"
        )


class AssignForm(forms.Form):
    """Who has the conversation; empty: nobody."""

    assignee = forms.IntegerField(required=False)
    team = forms.IntegerField(required=False)


class SnoozeForm(forms.Form):
    """Until when."""

    until = FutureField(label=_("Until"))


class SeverityForm(forms.Form):
    """How grave it is."""

    severity = forms.ChoiceField(choices=Conversation.Severity.choices)


class CauseForm(forms.Form):
    """Why the promise was broken."""

    cause = forms.ChoiceField(label=_("Cause"), choices=RecoveryCase.Cause.choices)
    cause_note = forms.CharField(
        label=_("What happened"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApologyForm(forms.Form):
    """What the customer reads."""

    apology = forms.CharField(
        label=_("Apology"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 6})
    )


class RemedyForm(forms.Form):
    """What is granted and what it costs us."""

    remedy = forms.ChoiceField(label=_("Remedy"), choices=Remedy.Kind.choices)
    amount = forms.CharField(
        label=_("Cost to us"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    remedy_note = forms.CharField(label=_("Details"), required=False, max_length=500)

    def clean_amount(self) -> int:
        try:
            amount = parse_amount(self.cleaned_data["amount"], business().currency)
        except BadAmountError as error:
            raise forms.ValidationError(
                _("This is not an amount: 1,500 for example."), code="amount"
            ) from error
        if amount.minor < 0:
            raise forms.ValidationError(_("An amount can't be negative."), code="negative")
        return amount.minor


class PreventionForm(forms.Form):
    """What is changed so that it does not happen again."""

    prevention = forms.CharField(
        label=_("What we change"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    prevention_owner = forms.TypedChoiceField(label=_("Who"), coerce=int, empty_value=None, required=False)
    prevention_due = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    prevention_done = forms.BooleanField(label=_("Done"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(user.pk, str(user)) for user in access.users(actor=actor)]
        owner = self.fields["prevention_owner"]
        assert isinstance(owner, forms.TypedChoiceField)
        owner.choices = [("", _("Nobody yet")), *people]


class FollowUpForm(forms.Form):
    """When we come back to the customer."""

    follow_up_at = MomentField(label=_("Come back to the customer on"), required=False)
    follow_up_done = forms.BooleanField(label=_("Done"), required=False)


class RecoveryForms:
    """The forms of one recovery case, filled with what it holds; a sent one with its errors takes its place."""

    def __init__(self, actor: Actor, case_id: int | None = None, **sent: forms.Form) -> None:
        self.actor, self.case_id, self.sent = actor, case_id, sent
        self._guides: dict[str, RecoveryGuide] = {}

    def _guide(self, case: RecoveryCase) -> RecoveryGuide:
        """What is usually done about this cause: it fills what nobody has filled yet."""
        if case.cause not in self._guides:
            self._guides[case.cause] = queries.guide(case.cause) if case.cause else RecoveryGuide()
        return self._guides[case.cause]

    def _sent(self, name: str, case: RecoveryCase) -> forms.Form | None:
        return self.sent.get(name) if case.pk == self.case_id else None

    def cause(self, case: RecoveryCase) -> forms.Form:
        """The form of the cause."""
        first = {"cause": case.cause, "cause_note": case.cause_note}
        return self._sent("cause", case) or CauseForm(initial=first, auto_id=f"case{case.pk}_%s")

    def apology(self, case: RecoveryCase, text: str = "") -> forms.Form:
        """The form of the apology, with the business's words in it."""
        return self._sent("apology", case) or ApologyForm(
            initial={"apology": text}, auto_id=f"case{case.pk}_%s"
        )

    def remedy(self, case: RecoveryCase) -> forms.Form:
        """The form of a remedy."""
        guide = self._guide(case)
        amount = Decimal(guide.remedy_minor).scaleb(-exponent_of(business().currency))
        first = {"remedy": guide.remedy_kind, "amount": str(amount)} if guide.remedy_kind else {}
        return self._sent("remedy", case) or RemedyForm(initial=first, auto_id=f"case{case.pk}_%s")

    def prevention(self, case: RecoveryCase) -> forms.Form:
        """The form of the prevention."""
        first = {
            "prevention": case.prevention or queries.proposed_prevention(self._guide(case)),
            "prevention_owner": case.prevention_owner_id or "",
            "prevention_due": case.prevention_due,
            "prevention_done": case.prevention_done_at is not None,
        }
        filled = PreventionForm(actor=self.actor, initial=first, auto_id=f"case{case.pk}_%s")
        return self._sent("prevention", case) or filled

    def follow_up(self, case: RecoveryCase) -> forms.Form:
        """The form of the follow-up."""
        at = timezone.localtime(case.follow_up_at) if case.follow_up_at else None
        first = {"follow_up_at": at, "follow_up_done": case.follow_up_done_at is not None}
        return self._sent("follow_up", case) or FollowUpForm(initial=first, auto_id=f"case{case.pk}_%s")
