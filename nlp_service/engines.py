"""What the doors call: a chat checker and a review scorer, loaded once from the settings.

Doors see protocols, so that tests put small fakes in their place. A model that cannot be loaded
leaves its door closed with the reason; the other door still opens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from nlp_service.domain import Message, Review, ReviewScore, Verdict
from nlp_service.errors import ModelError
from nlp_service.settings import Settings
from nlp_service.storage.recording import FactsLike
from nlp_service.text.segment import tagged_words

if TYPE_CHECKING:
    from nlp_service.chat.checker import ChatChecker
    from nlp_service.policy.schema import PolicyData
    from nlp_service.reviews.together.others import Others
    from nlp_service.reviews.together.seen import Seen


class ChatEngine(Protocol):
    """Checks messages; pure and thread-safe, some milliseconds a message."""

    def check(self, message: Message) -> Verdict:
        """The verdict on one message."""
        ...

    def check_many(self, messages: Sequence[Message]) -> list[Verdict]:
        """One verdict a message, in order."""
        ...

    def check_with_facts(self, message: Message) -> tuple[Verdict, FactsLike]:
        """The verdict and what it rests on."""
        ...


class ReviewEngine(Protocol):
    """Scores reviews; pure and thread-safe."""

    def score(self, review: Review) -> ReviewScore:
        """The score of one review, alone."""
        ...

    def score_batch(
        self,
        reviews: Sequence[Review],
        *,
        others: "Others | None" = None,
        earlier: "Callable[[Others], None] | None" = None,
    ) -> list[ReviewScore]:
        """One score a review, in order, beside each other or beside `others`.

        `earlier` may add to the batch what a store remembers.
        """
        ...

    def others(self) -> "Others":
        """An empty collection, to be filled from `seen`."""
        ...

    def seen(self, reviews: Sequence[Review]) -> "list[Seen]":
        """What to keep of reviews so that others can be compared with them; no text."""
        ...


@dataclass(frozen=True, slots=True)
class Engines:
    """The loaded engines; where one is None, `problems` says why under its name."""

    chat: ChatEngine | None
    reviews: ReviewEngine | None
    problems: Mapping[str, str] = field(default_factory=dict)

    def need_chat(self) -> ChatEngine:
        """The checker; raises ModelError with the reason where it could not be loaded."""
        if self.chat is None:
            raise ModelError(self.problems.get("chat", "the chat model is not loaded"))
        return self.chat

    def need_reviews(self) -> ReviewEngine:
        """The scorer; raises ModelError with the reason where it could not be loaded."""
        if self.reviews is None:
            raise ModelError(self.problems.get("reviews", "the review model is not loaded"))
        return self.reviews


def load_chat(settings: Settings) -> ChatEngine:
    """The chat checker with the policy and its layers; raises ModelError or PolicyError."""
    from nlp_service.policy.loader import load_policy

    checker = load_checker(settings, load_policy(settings.policy_files))
    # The first check reads lexicons; done here, no caller waits for it.
    checker.check(Message("warm-up", "在的"))
    return checker


def load_checker(settings: Settings, policy: "PolicyData") -> "ChatChecker":
    """The checker under `policy` with the model that the settings name; raises ModelError."""
    from nlp_service.chat.checker import ChatChecker
    from nlp_service.chat.loading import load_reader

    reader = load_reader(
        settings.models_dir,
        policy,
        model=settings.chat_model,
        labels=settings.chat_labels,
        device=settings.chat_device,
    )
    return ChatChecker(reader, policy)


def load_reviews(settings: Settings) -> ReviewEngine:
    """The review scorer; raises ModelError."""
    from nlp_service.reviews.loading import SHIPPED
    from nlp_service.reviews.scorer import ReviewScorer

    scorer = ReviewScorer.load(settings.models_dir / SHIPPED)
    scorer.score(Review("warm-up", "好"))
    return scorer


def load_engines(settings: Settings) -> Engines:
    """Both engines; a missing model closes its door only. Raises PolicyError."""
    problems: dict[str, str] = {}
    chat: ChatEngine | None = None
    reviews: ReviewEngine | None = None
    try:
        chat = load_chat(settings)
        tagged_words("在的")  # the dictionary that the first named refusal would wait for
    except ModelError as error:
        problems["chat"] = error.detail
    try:
        reviews = load_reviews(settings)
    except ModelError as error:
        problems["reviews"] = error.detail
    return Engines(chat, reviews, problems)
