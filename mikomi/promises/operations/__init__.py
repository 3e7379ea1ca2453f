"""The ledger's verbs. Promises are made, observed, changed and withdrawn; time passing is looked at by a sweep."""

from mikomi.promises.operations.claim_feeds import feed_claims
from mikomi.promises.operations.claims import (
    ClaimRefusedError,
    Measured,
    Refused,
    change_claim,
    measure,
    preview_measurements,
    publish_claim,
    state_claim,
)
from mikomi.promises.operations.comparables import refresh_comparables
from mikomi.promises.operations.disputing import (
    MOST_IN_AN_HOUR,
    DisputeError,
    raise_dispute,
    record_dispute,
    resolve_dispute,
)
from mikomi.promises.operations.keeping import KeeperError, hand_over
from mikomi.promises.operations.looking import look, look_again, reconsider
from mikomi.promises.operations.making import PromiseError, make, make_many
from mikomi.promises.operations.observing import observe, observe_many
from mikomi.promises.operations.policy import PolicyError, record_challenge, set_ledger_policy
from mikomi.promises.operations.publishing import publish, unpublish
from mikomi.promises.operations.quoting import (
    QuotePolicyError,
    quote,
    refresh_quote_models,
    set_quote_policy,
    settle_quotes,
)
from mikomi.promises.operations.renegotiating import (
    RenegotiationError,
    answer_handled,
    answer_new_terms,
    ask_new_terms,
    record_agreed,
    take_back_question,
    take_care_of_questions,
)
from mikomi.promises.operations.slips import (
    NoticePolicyError,
    note_slip,
    notices_due,
    post_notice,
    record_told,
    set_notice_policies,
    untold,
)
from mikomi.promises.operations.subscribing import (
    SubscribeError,
    confirm_subscription,
    end_subscription,
    subscribe,
    tell_subscribers,
)
from mikomi.promises.operations.terms import (
    PromiseDecidedError,
    change_terms,
    change_terms_many,
    mark_recovered,
    withdraw,
    withdraw_many,
)
from mikomi.promises.operations.workloads import refresh_workloads
from mikomi.promises.records import NewClaim, NewMeasurement, NewPromise, NewTerms, Observation

__all__ = [
    "MOST_IN_AN_HOUR",
    "ClaimRefusedError",
    "DisputeError",
    "KeeperError",
    "Measured",
    "NewClaim",
    "NewMeasurement",
    "NewPromise",
    "NewTerms",
    "NoticePolicyError",
    "Observation",
    "PolicyError",
    "PromiseDecidedError",
    "PromiseError",
    "QuotePolicyError",
    "Refused",
    "RenegotiationError",
    "SubscribeError",
    "answer_handled",
    "answer_new_terms",
    "ask_new_terms",
    "change_claim",
    "change_terms",
    "change_terms_many",
    "confirm_subscription",
    "end_subscription",
    "feed_claims",
    "hand_over",
    "look",
    "look_again",
    "make",
    "make_many",
    "mark_recovered",
    "measure",
    "note_slip",
    "notices_due",
    "observe",
    "observe_many",
    "post_notice",
    "preview_measurements",
    "publish",
    "publish_claim",
    "quote",
    "raise_dispute",
    "reconsider",
    "record_agreed",
    "record_challenge",
    "record_dispute",
    "record_told",
    "refresh_comparables",
    "refresh_quote_models",
    "refresh_workloads",
    "resolve_dispute",
    "set_ledger_policy",
    "set_notice_policies",
    "set_quote_policy",
    "settle_quotes",
    "state_claim",
    "subscribe",
    "take_back_question",
    "take_care_of_questions",
    "tell_subscribers",
    "unpublish",
    "untold",
    "withdraw",
    "withdraw_many",
]
