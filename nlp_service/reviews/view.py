"""What the signals see of a review: its text as read, and what was already found out about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nlp_service.domain import AspectOpinion, ReviewSeverity, Sentiment, Span
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.clauses import Clause
from nlp_service.reviews.policy import SuspicionPolicy
from nlp_service.text.offsets import NormalizedText


@dataclass(frozen=True, slots=True)
class ReviewView:
    """Facts about one review, and the policy numbers that weigh them."""

    normalized: NormalizedText
    clauses: tuple[Clause, ...]
    sentiment: Sentiment
    severity: ReviewSeverity
    aspects: tuple[AspectOpinion, ...]
    acts: tuple[ReviewAct, ...]
    policy: SuspicionPolicy
    trades: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The normalised text."""
        return self.normalized.text

    def raw_span(self, start: int, end: int) -> Span:
        """The raw stretch behind `text[start:end]`."""
        return self.normalized.raw_span(start, end)
