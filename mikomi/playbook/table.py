"""What follows from what: every reaction of the product, in one table. How to add one: docs/how-to/add-a-play.md."""

from __future__ import annotations

from mikomi.playbook.play import Play
from mikomi.playbook.plays.asking import ask_how_it_went, mark_poor_answer_handled, withdraw_question
from mikomi.playbook.plays.mending import (
    count_answer_that_left,
    is_answer,
    is_public,
    open_recovery_case,
    owe_answer_again,
    reopen_case,
    take_care_of_question,
)
from mikomi.playbook.plays.subscribers import NEWS, concerns_customers, tell_subscribers
from mikomi.playbook.plays.surprising import carry_out_surprise, is_news
from mikomi.playbook.plays.telling import (
    is_notice,
    note_that_customer_was_not_told,
    note_that_customer_was_told,
    tell_customer_of_gathered_slips,
    tell_customer_of_slip,
)

PLAYS: tuple[Play, ...] = (
    # The promise slips: the customer is told before they find out, and the ledger knows when they were told.
    Play("tell_customer_of_slip", on="promise.at_risk", do=tell_customer_of_slip),
    Play("tell_customer_of_gathered_slips", on="promise.notice_due", do=tell_customer_of_gathered_slips),
    Play("note_that_customer_was_told", on="outgoing.sent", do=note_that_customer_was_told, when=is_notice),
    Play(
        "note_that_customer_was_not_told",
        on="outgoing.failed",
        do=note_that_customer_was_not_told,
        when=is_notice,
    ),
    # The promise is broken: somebody makes it good.
    Play("open_recovery_case", on="promise.broken", do=open_recovery_case, when=is_public),
    # Who asked for news of a promise on its page hears what changed.
    Play("tell_subscribers", on=NEWS, do=tell_subscribers, when=concerns_customers),
    # An answer that was to leave later has left: now it is one.
    Play("count_answer_that_left", on="outgoing.sent", do=count_answer_that_left, when=is_answer),
    # What a customer asked on a promise's page was answered in the desk.
    Play("take_care_of_question", on="message.answered", do=take_care_of_question),
    # The message that a small surprise is has left: it is carried out.
    Play("carry_out_surprise", on="outgoing.sent", do=carry_out_surprise, when=is_news),
    # An answer came back: the customer still waits.
    Play("owe_answer_again", on="outgoing.failed", do=owe_answer_again, when=is_answer),
    # A matter is closed: was it good? If not, it opens again until somebody closes it.
    Play("ask_how_it_went", on=("conversation.closed", "recovery.closed"), do=ask_how_it_went),
    Play("withdraw_question", on="conversation.reopened", do=withdraw_question),
    Play("reopen_case", on="feedback.poor", do=reopen_case),
    Play(
        "mark_poor_answer_handled",
        on=("conversation.closed", "recovery.closed"),
        do=mark_poor_answer_handled,
    ),
)
