"""`/v1/queue`: what a person must look at, most urgent first, and what was decided.

A caller vouches for who its moderators are; their ids are kept as keyed hashes only. The list has
no pages: urgency grows with age, so one works from the top.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from nlp_service.api.answering import json_response
from nlp_service.api.auth import needs
from nlp_service.api.house import house
from nlp_service.api.openapi import ERRORS, body_of
from nlp_service.contract.moderation import (
    ClaimNextRequest,
    ClaimRequest,
    DecideRequest,
    ItemAnswer,
    ItemAppealRequest,
    ItemKind,
    Listed,
    QueueAnswer,
)
from nlp_service.contract.parsing import Model, parse
from nlp_service.contract.requests import BATCH_ITEMS, ID_CHARS
from nlp_service.moderation.desk import ModerationDesk

router = APIRouter(
    prefix="/v1/queue", tags=["queue"], dependencies=[Depends(needs("queue"))], responses=ERRORS
)
ItemKey = Annotated[str, Path(min_length=1, max_length=ID_CHARS, description="`item` of the list")]
_ITEM: dict[int | str, dict[str, Any]] = {200: {"model": ItemAnswer}}
Step = Callable[[ModerationDesk, Model], ItemAnswer]


@router.get("", summary="Items of the queue", responses={200: {"model": QueueAnswer}})
async def items(
    request: Request,
    state: Annotated[Listed, Query(description="What is listed")] = "waiting",
    kind: Annotated[ItemKind | None, Query(description="One kind only")] = None,
    moderator: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=ID_CHARS,
            description="What this moderator may claim, has claimed, or has decided",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=BATCH_ITEMS)] = 50,
) -> Response:
    """Waiting: hazards first, by harm and age; the rest by suspicion, harm and age."""
    rooms = house(request)
    desk = rooms.need_desk()
    found = await rooms.in_pool(
        lambda: desk.listed(state, limit=limit, kind=kind, moderator=moderator)
    )
    return json_response(QueueAnswer(items=found))


@router.post(
    "/claim",
    summary="Claim the most urgent item",
    responses={**_ITEM, 204: {"description": "Nothing waits"}},
    openapi_extra=body_of("ClaimNextRequest"),
)
async def claim_next(request: Request) -> Response:
    """Two moderators who ask at once get two items; 204 where nothing waits."""
    rooms = house(request)
    desk = rooms.need_desk()
    asked = parse(ClaimNextRequest, await request.body())
    case = await rooms.in_pool(lambda: desk.claim_next(asked.moderator, asked.kind))
    return Response(status_code=204) if case is None else json_response(case)


@router.get("/{item}", summary="One item with its evidence", responses=_ITEM)
async def show(request: Request, item: ItemKey) -> Response:
    """The text, the evidence for and against, and all that was done with it."""
    rooms = house(request)
    desk = rooms.need_desk()
    return json_response(await rooms.in_pool(lambda: desk.case(item)))


@router.post(
    "/{item}/claim",
    summary="Claim an item",
    responses=_ITEM,
    openapi_extra=body_of("ClaimRequest"),
)
async def claim(request: Request, item: ItemKey) -> Response:
    """For some minutes; claiming again renews. 409 where another moderator has it."""
    return await _step(request, ClaimRequest, lambda desk, it: desk.claim(item, it.moderator))


@router.post(
    "/{item}/release",
    summary="Give a claim back",
    responses=_ITEM,
    openapi_extra=body_of("ClaimRequest"),
)
async def release(request: Request, item: ItemKey) -> Response:
    """Undecided, for others to take."""
    return await _step(request, ClaimRequest, lambda desk, it: desk.release(item, it.moderator))


@router.post(
    "/{item}/decide",
    summary="Decide a claimed item",
    responses=_ITEM,
    openapi_extra=body_of("DecideRequest"),
)
async def decide(request: Request, item: ItemKey) -> Response:
    """With a reason. What it says of a buyer stands in the profile as long as the decision."""

    def step(desk: ModerationDesk, it: DecideRequest) -> ItemAnswer:
        return desk.decide(item, it.moderator, decision=it.decision, reason=it.reason)

    return await _step(request, DecideRequest, step)


@router.post(
    "/{item}/undo",
    summary="Undo one's own decision",
    responses=_ITEM,
    openapi_extra=body_of("ClaimRequest"),
)
async def undo(request: Request, item: ItemKey) -> Response:
    """Within minutes; later, or by somebody else: appeal."""
    return await _step(request, ClaimRequest, lambda desk, it: desk.undo(item, it.moderator))


@router.post(
    "/{item}/appeal",
    summary="Appeal a decision",
    responses=_ITEM,
    openapi_extra=body_of("ItemAppealRequest"),
)
async def appeal(request: Request, item: ItemKey) -> Response:
    """Once, by somebody else than the decider; who had no part in it decides, for good."""

    def step(desk: ModerationDesk, it: ItemAppealRequest) -> ItemAnswer:
        return desk.appeal(item, it.by, reason=it.reason)

    return await _step(request, ItemAppealRequest, step)


async def _step(request: Request, model: type[Model], step: "Step[Model]") -> Response:
    """One step of one item, and the item after it."""
    rooms = house(request)
    desk = rooms.need_desk()
    asked = parse(model, await request.body())
    return json_response(await rooms.in_pool(lambda: step(desk, asked)))
