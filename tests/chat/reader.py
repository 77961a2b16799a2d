"""A reader for tests: facts by exact text, so that only the pipeline is under test."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nlp_service.chat.reader import BuyerReading, MerchantReading, SingleTurns
from nlp_service.domain import Act, Span
from nlp_service.recognizers import recognize
from nlp_service.text.normalize import normalize


@dataclass
class ScriptedReader(SingleTurns):
    """`acts` by text as `fact` strings (`asks:age`), `tags` by buyer text, `purposes` by text."""

    acts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    purposes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    label: str = "scripted@1"
    spans: Mapping[str, int] = field(default_factory=dict)
    """Where the acts of a text begin; they reach to its end."""

    def merchant(self, raw: str, own_numbers: Collection[str] = ()) -> MerchantReading:
        normalized = normalize(raw)
        span = Span(self.spans.get(raw, 0), len(raw))
        acts = tuple(_act(fact, span) for fact in self.acts.get(raw, ()))
        purposes = dict.fromkeys(self.purposes.get(raw, ()), 0.95)
        entities = recognize(normalized, own_numbers=own_numbers)
        return MerchantReading(normalized, entities, acts, purposes)

    def buyer(self, raw: str) -> BuyerReading:
        normalized = normalize(raw)
        tags = frozenset(self.tags.get(raw, ()))
        return BuyerReading(tags, normalized.text, recognize(normalized))


def _act(fact: str, span: Span) -> Act:
    head, _, attribute = fact.partition(":")
    return Act(head, attribute or None, 0.95, (span,))
