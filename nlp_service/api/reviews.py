"""`/v1/reviews`: what a review says, how grave it is, and whether it looks honest.

A review whose advice calls for a person is put before one, in the queue; where that fails the call
fails, so that sending it again puts it there.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from nlp_service.api.answering import (
    BatchAnswer,
    answer_items,
    failed_item,
    json_response,
    read_items,
)
from nlp_service.api.auth import needs
from nlp_service.api.house import house
from nlp_service.api.openapi import ERRORS, batch_of, body_of
from nlp_service.batch.apart import Failure, attempt
from nlp_service.contract.answers import ReviewAnswer
from nlp_service.contract.parsing import parse, validate
from nlp_service.contract.requests import ReviewRequest
from nlp_service.domain import Review, ReviewScore
from nlp_service.moderation.items import calls_for_a_person

router = APIRouter(
    prefix="/v1/reviews",
    tags=["reviews"],
    dependencies=[Depends(needs("reviews"))],
    responses=ERRORS,
)
Enqueue = Annotated[
    bool | None,
    Query(description="Queue what calls for a person; without it the service's settings say"),
]


@router.post(
    "/score",
    summary="Score one review",
    responses={200: {"model": ReviewAnswer}},
    openapi_extra=body_of("ReviewRequest"),
)
async def score(request: Request, enqueue: Enqueue = None) -> Response:
    """Sentiment, aspects, severity and suspicion of one review. A person decides, never this."""
    rooms = house(request)
    rooms.engines.need_reviews()
    desk = rooms.review_desk(enqueue)
    review = parse(ReviewRequest, await request.body()).to_review()
    (result,) = await rooms.in_pool(lambda: rooms.scored([review]))
    if desk is not None and calls_for_a_person(result):
        await rooms.in_pool(lambda: desk.put_review(review, result))
    rooms.note_score(review, result)
    return json_response(ReviewAnswer.of(result))


@router.post(
    "/score/batch",
    summary="Score up to 256 reviews",
    responses={200: {"model": BatchAnswer[ReviewAnswer]}},
    openapi_extra=batch_of("ReviewRequest"),
)
@router.post("/batch", include_in_schema=False)
async def score_batch(request: Request, enqueue: Enqueue = None) -> Response:
    """Each review is scored beside the others: copies, bursts, coordinated accounts.

    A bad one answers `{"id", "error"}` in its place.
    """
    rooms = house(request)
    rooms.engines.need_reviews()
    desk = rooms.review_desk(enqueue)
    items = read_items(await request.body())

    def work(reviews: list[Review]) -> list[tuple[Review, ReviewScore]]:
        return list(zip(reviews, rooms.scored(reviews), strict=True))

    def show(pair: tuple[Review, ReviewScore]) -> object:
        queued = attempt(lambda both: desk and desk.put_review(*both), pair)
        if isinstance(queued, Failure):
            return failed_item(pair[0].id, queued)
        rooms.note_score(*pair)
        return ReviewAnswer.of(pair[1])

    answers = await rooms.in_pool(lambda: answer_items(items, _read, work, show))
    return json_response({"items": answers})


def _read(item: object) -> Review:
    return validate(ReviewRequest, item).to_review()
