"""What the routes find behind them: engines, records, metrics and a pool for batches.

Made once when the application starts, closed when it stops.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from sqlalchemy import Engine

from nlp_service.api.background import Job
from nlp_service.api.metrics import Metrics
from nlp_service.buyers import BuyerBook
from nlp_service.domain import Message, Review, ReviewScore, Verdict
from nlp_service.earlier import EarlierReviews
from nlp_service.engines import Engines
from nlp_service.errors import StorageError
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.storage.recorder import Recorder
from nlp_service.storage.recording import FactsLike, chat_fact, stored_score
from nlp_service.storage.repositories import ChatFact, ChatFacts, ReviewScores, StoredScore
from nlp_service.storage.store import Store

Result = TypeVar("Result")


class Records:
    """Stores what was answered, behind the answer; texts never come here."""

    def __init__(self, database: Engine, secret: bytes) -> None:
        self._secret = secret
        self._chat_facts = ChatFacts(database)
        self._review_scores = ReviewScores(database)
        self._chat = Recorder[ChatFact](self._chat_facts.save)
        self._reviews = Recorder[StoredScore](self._review_scores.save)

    def chat(self, message: Message, verdict: Verdict, facts: FactsLike) -> None:
        """Note one checked message; its text is not kept."""
        self._chat.offer(chat_fact(message, verdict, facts, self._secret))

    def review(self, review: Review, score: ReviewScore) -> None:
        """Note one scored review."""
        self._reviews.offer(stored_score(review, score, self._secret))

    @property
    def dropped(self) -> int:
        """How many could not be stored."""
        return self._chat.dropped + self._reviews.dropped

    def close(self) -> None:
        """Store what is left."""
        self._chat.close()
        self._reviews.close()


@dataclass(frozen=True, slots=True)
class House:
    """All that one running application shares."""

    engines: Engines
    records: Records | None
    buyers: BuyerBook | None
    metrics: Metrics
    pool: ThreadPoolExecutor
    checks: ThreadPoolExecutor
    desk: ModerationDesk | None = None
    queue_reviews: bool = False
    earlier: EarlierReviews | None = None
    jobs: tuple[Job, ...] = ()
    store: Store | None = None

    def need_buyers(self) -> BuyerBook:
        """The book of buyers; raises StorageError where nothing is to be kept."""
        if self.buyers is None:
            raise StorageError("nothing is kept here; unset NLP_SERVICE_STORE_FACTS=0 for risk")
        return self.buyers

    def need_desk(self) -> ModerationDesk:
        """The moderators' desk; raises StorageError where nothing is to be kept."""
        if self.desk is None:
            raise StorageError("nothing is kept here; unset NLP_SERVICE_STORE_FACTS=0 for a queue")
        return self.desk

    def review_desk(self, wanted: bool | None) -> ModerationDesk | None:
        """The desk for a call that wants its reviews queued, None for one that does not.

        Where the call does not say, the settings do. Raises StorageError where nothing is kept.
        """
        if wanted is None:
            return self.desk if self.queue_reviews else None
        return self.need_desk() if wanted else None

    def scored(self, reviews: Sequence[Review]) -> list[ReviewScore]:
        """Scores in order, beside each other and beside earlier reviews where any are kept."""
        engine = self.engines.need_reviews()
        return engine.score_batch(reviews, earlier=self.earlier.join if self.earlier else None)

    async def checked(self, work: Callable[[], Result]) -> Result:
        """Run one check beside the event loop, never behind a batch."""
        return await asyncio.get_running_loop().run_in_executor(self.checks, work)

    async def in_pool(self, work: Callable[[], Result]) -> Result:
        """Run longer work beside the event loop, so that single checks go on."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    def note_verdict(self, message: Message, verdict: Verdict, facts: FactsLike) -> None:
        """Count and store one verdict."""
        self.metrics.count_verdict(verdict)
        if self.records:
            self.records.chat(message, verdict, facts)

    def note_score(self, review: Review, score: ReviewScore) -> None:
        """Count and store one score."""
        self.metrics.count_score(score)
        if self.records:
            self.records.review(review, score)

    @property
    def dropped(self) -> int:
        """How many records could not be stored."""
        behind = self.records.dropped if self.records else 0
        return behind + (self.earlier.failures if self.earlier else 0)

    def close(self) -> None:
        """Finish batches and store what is left."""
        self.checks.shutdown()
        self.pool.shutdown()
        if self.records:
            self.records.close()
        if self.store:
            self.store.close()


def house(request: Request) -> House:
    """The house of the application that this request came to."""
    found: House = request.app.state.house
    return found
