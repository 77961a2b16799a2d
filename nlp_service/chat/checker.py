"""The chat check: one pure pipeline from message to verdict.

message --read--> acts, entities --+
history --read, fold--> state -----+--> Facts --policy--> labels, action --> suggestion
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

from nlp_service.chat.claims import claims_of
from nlp_service.chat.conversation import (
    ConversationState,
    advance_buyer,
    advance_merchant,
    conversation_facts,
)
from nlp_service.chat.loading import load_reader
from nlp_service.chat.reader import (
    BuyerReading,
    MerchantReading,
    Reader,
    TalkReading,
    TurnReading,
)
from nlp_service.chat.relation import ProductFamilies
from nlp_service.chat.suggestion import suggest
from nlp_service.chat.unanswered import buyers_zone
from nlp_service.domain import Act, Action, ChatContext, Entity, Message, Span, Verdict
from nlp_service.policy.engine import Judgement, judge
from nlp_service.policy.facts import EntityFact, Facts
from nlp_service.policy.schema import PolicyData

_STATED = 0.5  # acts at least this likely stand in the answer, others behind a label
_REMEMBERED_TURNS = 100  # of a longer history the latest count; all of them would cost seconds


class ChatChecker:
    """Checks messages under one policy; holds no state between calls. Thread-safe."""

    def __init__(self, reader: Reader, policy: PolicyData) -> None:
        self._reader = reader
        self._families = ProductFamilies.of(policy)
        self.policy = policy

    def reading_by(self, reader: Reader) -> "ChatChecker":
        """The same policy over the facts of another reader."""
        other = copy(self)
        other._reader = reader
        return other

    @classmethod
    def load(cls, models_dir: Path, policy: PolicyData) -> "ChatChecker":
        """With the model that `models_dir` ships; raises ModelError."""
        return cls(load_reader(models_dir, policy), policy)

    def check_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """One verdict a message, in order."""
        return [self.check(message) for message in messages]

    def check(self, message: Message) -> Verdict:
        """The verdict about one message; the same message always gets the same verdict."""
        return self.check_with_facts(message)[0]

    def check_with_facts(self, message: Message) -> tuple[Verdict, Facts]:
        """The verdict and the facts it rests on, for callers that store them."""
        context = replace(message.context, history=message.context.history[-_REMEMBERED_TURNS:])
        talk, facts = self._read(message.text, context)
        reading = talk.message
        judgement = judge(self.policy, facts)
        suggestion = None
        if judgement.action != Action.ALLOW:
            suggestion = suggest(
                reading.normalized,
                labels=judgement.labels,
                entities=reading.entities,
                policy=self.policy,
                passes=lambda text: self._passes(text, context),
            )
        verdict = Verdict(
            id=message.id,
            action=judgement.action,
            labels=judgement.labels,
            acts=tuple(self._reported(act) for act in facts.acts if _is_told(act, judgement)),
            entities=reading.entities,
            suggestion=suggestion,
            policy=self.policy.id,
            model=self._reader.label,
            degraded=talk.degraded,
        )
        return verdict, facts

    def facts(self, message: Message) -> Facts:
        """What the language layer states; holds no text and no personal data."""
        context = replace(message.context, history=message.context.history[-_REMEMBERED_TURNS:])
        return self._read(message.text, context)[1]

    def _reported(self, act: Act) -> Act:
        """The act under the names of the closed list."""
        rule = self.policy.attributes.get(act.attribute or "")
        return replace(act, attribute=rule.reported_as) if rule and rule.reported_as else act

    def _passes(self, text: str, context: ChatContext) -> bool:
        return judge(self.policy, self._read(text, context)[1]).action == Action.ALLOW

    def _before(self, context: ChatContext, turns: Sequence[TurnReading]) -> "_Before":
        """Everything that the turns before the message say."""
        state = ConversationState()
        families = self._families.named((context.item_title or "").lower()).families
        values: set[str] = set()
        for number, (turn, reading) in enumerate(zip(context.history, turns, strict=True)):
            if isinstance(reading, BuyerReading):
                named = self._families.named(reading.text)
                state = advance_buyer(state, turn, reading, named, self.policy)
                families |= named.families
                values |= {entity.value for entity in reading.entities}
            elif reading is not None:
                state = advance_merchant(state, turn, reading, self.policy)
            state = replace(state, turns=number + 1)
        return _Before(state, families, frozenset(values - {""}))

    def _read(self, text: str, context: ChatContext) -> tuple[TalkReading, Facts]:
        talk = self._reader.read(text, context)
        reading, before = talk.message, self._before(context, talk.turns)
        named = self._families.named(reading.normalized.text)
        facts = Facts(
            acts=reading.acts,
            hints=reading.hints,
            entities=_entity_facts(reading.entities, before.buyer_values),
            claims=claims_of(reading.normalized, context, buyers_zone(self.policy.limits)),
            purposes=reading.purposes,
            relation=self._families.relation(named.families, before.families, context.category),
            official_only=self._official_only(reading, before.state),
            category=context.category,
            stage=context.stage,
            flags=context.order.flags,
            conversation=conversation_facts(
                before.state, reading, named, sent_at=context.sent_at, policy=self.policy
            ),
        )
        return talk, facts

    def _official_only(self, reading: MerchantReading, state: ConversationState) -> bool:
        """An official account that the buyer named first or that is one of several service
        routes, with nothing private and no payment beside it (boundaries 8 and 33)."""
        text, policy = reading.normalized.text, self.policy
        if not any(route in text for route in policy.official_routes):
            return False
        if any(_is_private(entity) for entity in reading.entities):
            return False
        if any(word in text for word in policy.offsite_words):
            return False
        hotline = any(entity.kind == "hotline" for entity in reading.entities)
        several = hotline or any(route in text for route in policy.service_routes)
        return several or "offsite" in state.wants


@dataclass(frozen=True, slots=True)
class _Before:
    """What was said before a message; `buyer_values` live only inside this request."""

    state: ConversationState
    families: frozenset[str]
    buyer_values: frozenset[str] = field(repr=False)


def _is_told(act: Act, judgement: Judgement) -> bool:
    """Likely acts are, and those behind a label however likely by themselves."""
    return act.score >= _STATED or act in judgement.acts


def _is_private(entity: Entity) -> bool:
    """A way to a private person or page."""
    if entity.kind == "url":
        return not entity.verified
    return entity.kind in {"wechat", "qq", "alipay", "mobile", "landline", "qr_hint"}


def _entity_facts(
    entities: Sequence[Entity], buyer_values: frozenset[str]
) -> tuple[EntityFact, ...]:
    return tuple(
        EntityFact(
            entity.kind,
            Span(entity.start, entity.end),
            entity.verified,
            "buyer" if entity.value and entity.value in buyer_values else None,
        )
        for entity in entities
    )
