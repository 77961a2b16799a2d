"""The state of a conversation as a value, folded from its history turn by turn.

    empty --advance(turn, reading)--> state --advance …--> state --facts(message, reading)--> facts

Pure: readings of turns come from outside, nothing is looked up. Flagged history does not poison
later checks; only what bears on the new message is kept (refusals, counters, what is open).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from nlp_service.chat.goods import Good, goods_of, refused_goods, refuses_all
from nlp_service.chat.reader import BuyerReading, MerchantReading
from nlp_service.chat.relation import Named
from nlp_service.chat.unanswered import (
    LONG_NUMBER,
    Unanswered,
    bigrams_of,
    burst,
    buyers_zone,
    chased_days,
    near_same,
    similarity,
    within,
)
from nlp_service.domain import Role, Turn
from nlp_service.policy.facts import ConversationFacts
from nlp_service.policy.schema import Limits, PolicyData

_PURPOSE_TURNS = 4  # a stated purpose is forgotten after so many merchant turns
_ANSWER_MIN = 10  # what follows the buyer's words within this time is an answer in pieces
_STALL_CHARS = 25  # a longer message usually says what happens next
_ASKED = 0.5  # from which an ask of the history counts as made
_PITCH_ACTS = ("pitches", "ties")


@dataclass(frozen=True, slots=True)
class PitchRefusal:
    """A refusal of pitches in turn number `turn`: of the `families` and `goods` it names, or of
    all."""

    families: frozenset[str] = frozenset()
    goods: tuple[Good, ...] = ()
    turn: int = 0
    wholes: frozenset[str] = frozenset()
    """Families refused with all their parts (保健品 with 鱼油)."""

    @property
    def is_general(self) -> bool:
        """Whether it names nothing and so covers every pitch."""
        return not self.families and not self.goods

    def covers(self, named: Named, others: Sequence[Good], policy: PolicyData) -> bool:
        """Whether a message that names these families and `others` pitches what was refused."""
        if self.is_general or self.families & named.families:
            return True
        parts = tuple(f"{whole}_" for whole in self.wholes)
        if any(family.startswith(parts) for family in named.families):
            return True
        # A compound as it was written, whatever words the segmentation cuts around it.
        if any(len(good.name) > 2 and good.name in named.rest for good in self.goods):
            return True
        return any(
            good.is_same(other, policy.light_heads) for good in self.goods for other in others
        )


@dataclass(frozen=True, slots=True)
class ConversationState:
    """What is remembered.

    `pending` are attributes asked for since the buyer's last words, or refused in them; `stalled`
    says that a complaint was answered by "wait a moment", `put_off` that the buyer wrote again.
    `turns` counts the turns so far, `refused_in` the turn in which each attribute was refused.
    """

    known: bool = False
    turns: int = 0
    refused: frozenset[str] = frozenset()
    refused_in: Mapping[str, int] = field(default_factory=dict)
    refused_pitches: tuple[PitchRefusal, ...] = ()
    brought: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    complained: bool = False
    stalled: bool = False
    put_off: bool = False
    pending: frozenset[str] = frozenset()
    purposes: tuple[frozenset[str], ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    buyer_at: datetime | None = None
    buyer_wrote: bool = False
    asked_product: bool = False


def advance_merchant(
    state: ConversationState,
    turn: Turn,
    reading: MerchantReading,
    policy: PolicyData,
) -> ConversationState:
    """The state after a merchant (or bot) turn."""
    asked = _asked(reading)
    sent = _unanswered(state, turn.at, reading, policy)
    if turn.role == Role.BOT:
        sent = replace(sent, chases=False)
    purposes = frozenset(
        name for name, prob in reading.purposes.items() if prob >= policy.purpose_threshold
    )
    return replace(
        state,
        known=True,
        pending=state.pending | asked,
        purposes=(*state.purposes, purposes)[-_PURPOSE_TURNS:],
        unanswered=(*state.unanswered, sent),
        stalled=state.complained and is_stall(reading, policy),
        put_off=False,
    )


def advance_buyer(
    state: ConversationState,
    turn: Turn,
    reading: BuyerReading,
    named: Named,
    policy: PolicyData,
) -> ConversationState:
    """The state after a buyer turn: refusals are remembered, reopening forgets them."""
    tags = reading.tags
    brought = {tag.partition(":")[2] for tag in tags if tag.startswith("brings:")}
    wants = {tag.partition(":")[2] for tag in tags if tag.startswith("want:")}
    asks_product = bool(tags & {"ask:product", "reopen"})
    refused = _refused_info(state, tags)
    kept = state.refused - {"info"} if brought else state.refused
    return replace(
        state,
        known=True,
        refused=(kept | refused) - brought,
        refused_in={**state.refused_in, **dict.fromkeys(refused, state.turns)},
        refused_pitches=_refused_pitches(state, reading, named, policy),
        brought=state.brought | brought,
        wants=(state.wants - {"product"}) | wants | ({"product"} if asks_product else set()),
        complained=state.complained or bool(tags & {"complain", "want:repair"}),
        pending=(refused - {"info"}) | _still_open(state, tags, brought),
        stalled=False,
        put_off=state.stalled,
        unanswered=(),
        buyer_at=turn.at,
        buyer_wrote=True,
        asked_product=asks_product,
    )


def conversation_facts(
    state: ConversationState,
    reading: MerchantReading,
    named: Named,
    *,
    sent_at: datetime | None,
    policy: PolicyData,
) -> ConversationFacts:
    """What the state says about a message with `reading`, sent at `sent_at`."""
    if not state.known:
        return ConversationFacts()
    now = _unanswered(state, sent_at, reading, policy)
    same = policy.limits.near_same_similarity
    covering = [refusal.turn for refusal in _covering(state, named, policy)]
    refused_in = {name: state.refused_in[name] for name in state.refused}
    if covering:
        refused_in["pitch"] = covering[-1]
    return ConversationFacts(
        refused=frozenset(refused_in),
        refused_back={name: state.turns - turn for name, turn in refused_in.items()},
        brought=state.brought,
        wants=state.wants,
        complained=state.complained,
        stalled=state.put_off and is_stall(reading, policy),
        pending=state.pending,
        purposes=frozenset().union(*state.purposes) if state.purposes else frozenset(),
        # Offering products to a buyer who has just asked for them is answering, however often.
        pitches_unanswered=0
        if state.asked_product
        else sum(
            message.is_pitch or similarity(message, now) >= same for message in state.unanswered
        ),
        near_same_unanswered=near_same(state.unanswered, now, policy.limits),
        burst_unanswered=burst(state.unanswered, now, policy.limits),
        chased_days=chased_days(state.unanswered, now, policy.limits),
        night=_is_night(state, sent_at, policy.limits),
    )


def is_stall(reading: MerchantReading, policy: PolicyData) -> bool:
    """A short "wait a moment" that says nothing else."""
    text = reading.normalized.text
    return len(text) <= _STALL_CHARS and any(word in text for word in policy.stall_words)


def _asked(reading: MerchantReading) -> frozenset[str]:
    return frozenset(
        act.attribute
        for act in reading.acts
        if act.act == "asks" and act.attribute and act.score >= _ASKED
    )


def _unanswered(
    state: ConversationState, at: datetime | None, reading: MerchantReading, policy: PolicyData
) -> Unanswered:
    text = reading.normalized.text
    is_pitch = _is_pitch(reading)
    calls = any(word in text for word in policy.chase_words)
    window = timedelta(minutes=_ANSWER_MIN)
    answers = state.buyer_wrote and within(state.buyer_at, at, window, if_unknown=True)
    return Unanswered(
        bigrams=bigrams_of(text),
        numbers=frozenset(LONG_NUMBER.findall(text)),
        at=at,
        is_pitch=is_pitch,
        is_piece=answers and not calls and not is_pitch,
        chases=calls or is_pitch or not any(word in text for word in policy.news_words),
    )


def _is_pitch(reading: MerchantReading) -> bool:
    return any(reading.does(act) for act in _PITCH_ACTS)


def _still_open(
    state: ConversationState, tags: frozenset[str], brought: set[str]
) -> frozenset[str]:
    """What was asked stays open over a question or an excuse, not over an answer."""
    return frozenset() if brought or "ack" in tags else state.pending


def _refused_info(state: ConversationState, tags: frozenset[str]) -> frozenset[str]:
    """Refused attributes: those named, else those asked for, else information in general."""
    if "refuse:info" not in tags:
        return frozenset()
    named = {tag.partition(":")[2] for tag in tags if tag.startswith("refuse:")}
    return frozenset(named - {"info", "pitch"}) or state.pending or frozenset({"info"})


def _refused_pitches(
    state: ConversationState,
    reading: BuyerReading,
    named: Named,
    policy: PolicyData,
) -> tuple[PitchRefusal, ...]:
    """A new refusal is added; wanting suggestions lifts all, a product question the general ones
    and those of what it asks about."""
    if "refuse:pitch" in reading.tags:
        # "先不要氨糖了,有血压计吗" refuses and asks in one breath; which is which stays open.
        if reading.tags & {"ask:product", "reopen"}:
            return state.refused_pitches
        refusal = _refusal(reading, named, policy)
        return (*state.refused_pitches, replace(refusal, turn=state.turns))
    if "reopen" in reading.tags:
        return ()
    if "ask:product" not in reading.tags:
        return state.refused_pitches
    lifted = _covering(state, named, policy)
    return tuple(refusal for refusal in state.refused_pitches if refusal not in lifted)


def _covering(
    state: ConversationState, named: Named, policy: PolicyData
) -> tuple[PitchRefusal, ...]:
    """Refusals of what a text names."""
    has_goods = any(refusal.goods for refusal in state.refused_pitches)
    others = goods_of(named.rest, policy) if has_goods else ()
    return tuple(one for one in state.refused_pitches if one.covers(named, others, policy))


def _refusal(reading: BuyerReading, named: Named, policy: PolicyData) -> PitchRefusal:
    """General, unless it names a product and turns down nothing else: of its families and goods."""
    if not (named.families or "refuse:named" in reading.tags):
        return PitchRefusal()
    if any(word in reading.text for word in policy.general_refusals):
        return PitchRefusal()
    if refuses_all(reading.text, policy):
        return PitchRefusal()
    goods = refused_goods(named.rest, policy)
    return PitchRefusal(named.families, goods, wholes=named.wholes)


def _is_night(state: ConversationState, sent_at: datetime | None, limits: Limits) -> bool:
    """Night on the buyer's clock, and the buyer known to be silent; unknown is not night."""
    if sent_at is None or not state.known:
        return False
    hour = sent_at.astimezone(buyers_zone(limits)).hour
    if not (hour >= limits.night_from_hour or hour < limits.night_to_hour):
        return False
    if state.buyer_at is None:
        return not state.buyer_wrote
    return sent_at - state.buyer_at >= timedelta(hours=limits.night_silence_h)
