"""The sample business's expectations: claims, questionnaires, surprises, and what customers say to promises."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mikomi.commerce.models import Product
from mikomi.conversations import operations as desk
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.business.queries import zone
from mikomi.customers import operations as customers
from mikomi.feedback.models import Surprise
from mikomi.feedback.operations import carrying, surprises
from mikomi.feedback.queries.surprises import BY_MESSAGE
from mikomi.feedback.samples import load_questionnaires, load_surprises
from mikomi.feedback.wording import surprise_letter
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise
from mikomi.promises.samples import CLAIMS, load_claims

SAID = (
    ("accepted", ""),
    ("question", "法事に使うので、もとの日までには必要です。間に合わない場合、別の品に替えられますか。"),
    ("declined", "贈り物なので、お約束の日にお願いします。"),
)
"""What customers answered to new terms; one more has not answered yet."""


def load(*, owner: Actor, manager: Actor, seed: int, moment: datetime) -> None:
    """What lies in the past."""
    skus = [one.sku for one in CLAIMS]
    products = dict(Product.objects.filter(sku__in=skus).values_list("sku", "id"))
    load_claims(actor=manager, products=products, seed=seed, until=moment)
    load_questionnaires(actor=owner, seed=seed, until=moment)
    load_surprises(actor=manager, seed=seed, until=moment)


def happen(*, manager: Actor) -> None:
    """What customers said in the last hours, and the surprises of today."""
    open_ones = Promise.objects.filter(
        state=Promise.State.OPEN, kind=Promise.Kind.DELIVERY, backfill=False, renegotiations=None
    )
    promised = list(open_ones.filter(customer__erased_at=None).order_by("due_at", "id")[:30])
    _ask_anew(manager, promised[:-2])
    for number, promise in enumerate(promised[-2:]):
        wanted = promises.subscribe(token=promise.token, email=f"news{number}@example.jp", language="ja")
        promises.confirm_subscription(token=wanted.token)
    _dispute(manager)
    _surprise(manager)


def _ask_anew(manager: Actor, promised: Iterable[Promise]) -> None:
    answers = iter((*SAID, ("", "")))
    for promise in promised:
        later = promise.deadline.astimezone(zone()).date() + timedelta(days=3)
        try:
            asked = promises.ask_new_terms(
                actor=manager, promise_id=promise.pk, due_at=later,
                reason="supplier_delay", words="窯元からの入荷が遅れております。三日お待ちいただけますでしょうか。",
            )  # fmt: skip
        except promises.RenegotiationError:
            continue  # no address that works: such a one is asked by phone
        answer, words = next(answers, ("", ""))
        if not answer:
            return
        desk.answer_new_terms(token=promise.token, renegotiation_id=asked.pk, answer=answer, words=words)


def _dispute(manager: Actor) -> None:
    """A parcel that was not where the carrier says, one decided already, and a measurement of a public claim."""
    kept = Promise.objects.filter(
        kind=Promise.Kind.DELIVERY, state=Promise.State.KEPT, customer__erased_at=None
    )
    words = ("配達済みとありますが、届いていません。", "届いたのは翌日の朝でした。")
    for promise, said in zip(kept.order_by("-met_at", "-id")[:2], words, strict=False):
        piece = promise.evidence.filter(kind="delivered").first()
        raised = promises.raise_dispute(
            token=promise.token, said=said, evidence_id=piece.pk if piece else None
        )
        if said == words[1]:
            promises.resolve_dispute(
                actor=manager, dispute_id=raised.pk, upheld=False,
                resolution="受領印の日時を運送会社に確認いたしました。",
            )  # fmt: skip
    public = Promise.objects.filter(claim__isnull=False, published_at__isnull=False).order_by("pk").first()
    if public is not None:
        row = public.claim.measurements.order_by("-measured_at", "-id")[0]
        promises.raise_dispute(
            token=public.token, said="家の計量カップで量ると250mlでした。", measurement_id=row.pk, reading=250
        )


def _surprise(manager: Actor) -> None:
    """Today's proposals; some are approved, one of them waits as a message to somebody who agreed to news."""
    surprises.propose()
    rows = Surprise.objects.filter(state=Surprise.State.PROPOSED).select_related("customer")
    for row in rows.order_by("-weight", "id")[:3]:
        surprises.approve(actor=manager, surprise_id=row.pk)
    by_message = rows.filter(kind__in=BY_MESSAGE).order_by("-weight", "id").first()
    if by_message is not None:
        surprises.approve(actor=manager, surprise_id=by_message.pk)
        customers.set_consent(
            actor=SYSTEM, customer_id=by_message.customer_id, channel="email", purpose="marketing", granted=True,
            source="told",
        )  # fmt: skip
        letter = surprise_letter(by_message)
        try:
            carrying.draft_message(
                actor=manager, surprise_id=by_message.pk, subject=letter.subject, text=letter.text
            )
        except surprises.SurpriseError:
            return  # no address that works: it stays to be done by hand
