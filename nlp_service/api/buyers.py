"""`/v1/buyers` and `/v1/feed/risk`: events in, profiles and their changes out.

Erasure takes all there is of a buyer; nothing here ever says that an order be refused.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from nlp_service.api.answering import json_response
from nlp_service.api.auth import needs
from nlp_service.api.house import house
from nlp_service.api.openapi import ERRORS, body_of
from nlp_service.contract.parsing import FieldError, InvalidFieldsError, read_json, validate
from nlp_service.contract.requests import BATCH_ITEMS, ID_CHARS
from nlp_service.contract.risk import AppealRequest, EventRequest, ProfileAnswer
from nlp_service.errors import NotFoundError, TooLargeError
from nlp_service.risk.events import RiskEvent, event_of

router = APIRouter(
    prefix="/v1", tags=["buyers"], dependencies=[Depends(needs("risk"))], responses=ERRORS
)
BuyerId = Annotated[str, Path(min_length=1, max_length=ID_CHARS, description="Id of the buyer")]
_MOST_CHANGES = 500


class EventsAnswer(BaseModel):
    """How many events were new, how many were known already, and the profile after them."""

    new: int
    known: int
    profile: ProfileAnswer


class AppealAnswer(BaseModel):
    """An appeal waits for a moderator; `new` is false where it was there already."""

    appeal_id: str
    new: bool


class ChangeAnswer(BaseModel):
    """One change of a profile."""

    cursor: int
    at: datetime
    profile: ProfileAnswer


class FeedAnswer(BaseModel):
    """Changes in order; ask again with `next`."""

    items: list[ChangeAnswer]
    next: int


@router.post(
    "/buyers/{buyer_id}/events",
    summary="Add one event of a buyer, or several as items",
    responses={200: {"model": EventsAnswer}},
    openapi_extra=body_of("EventRequest"),
)
async def add_events(request: Request, buyer_id: BuyerId) -> Response:
    """Each event counts once, however often and in whatever order it is sent."""
    rooms = house(request)
    book = rooms.need_buyers()
    events = _events(read_json(await request.body()), buyer_id)
    taken = await rooms.in_pool(lambda: book.add(buyer_id, events))
    profile = ProfileAnswer.of(taken.profile)
    return json_response(
        EventsAnswer(new=taken.outcome.new, known=taken.outcome.known, profile=profile)
    )


@router.get(
    "/buyers/{buyer_id}/risk",
    summary="The risk profile of a buyer",
    responses={200: {"model": ProfileAnswer}},
)
async def risk(request: Request, buyer_id: BuyerId) -> Response:
    """Advice with its reasons and what speaks for the buyer; an unknown buyer is normal."""
    rooms = house(request)
    book = rooms.need_buyers()
    profile = await rooms.in_pool(lambda: book.profile(buyer_id))
    return json_response(ProfileAnswer.of(profile))


@router.post(
    "/buyers/{buyer_id}/appeals",
    status_code=202,
    summary="Appeal a profile",
    responses={202: {"model": AppealAnswer}},
    openapi_extra=body_of("AppealRequest"),
)
async def appeal(request: Request, buyer_id: BuyerId) -> Response:
    """A moderator decides; an upheld appeal clears what came before it."""
    rooms = house(request)
    book = rooms.need_buyers()
    asked = validate(AppealRequest, read_json(await request.body()))
    is_new = await rooms.in_pool(lambda: book.appeal(buyer_id, asked.appeal_id, asked.reason))
    answer = json_response(AppealAnswer(appeal_id=asked.appeal_id, new=is_new))
    answer.status_code = 202
    return answer


@router.delete("/buyers/{buyer_id}", status_code=204, summary="Erase a buyer")
async def erase(request: Request, buyer_id: BuyerId) -> Response:
    """Events, profile changes, queue texts and webhooks of the buyer are gone for good."""
    rooms = house(request)
    book = rooms.need_buyers()
    if not await rooms.in_pool(lambda: book.erase(buyer_id)):
        raise NotFoundError("this buyer is unknown; nothing to erase", field="buyer_id")
    return Response(status_code=204)


@router.get("/feed/risk", summary="Changes of profiles", responses={200: {"model": FeedAnswer}})
async def feed(
    request: Request,
    after: Annotated[int, Query(ge=0, description="Cursor of the last change seen")] = 0,
    limit: Annotated[int, Query(ge=1, le=_MOST_CHANGES)] = 100,
) -> Response:
    """In order and at least once; an erased buyer's changes are gone."""
    rooms = house(request)
    book = rooms.need_buyers()
    found = await rooms.in_pool(lambda: book.changes(after, limit))
    items = [ChangeAnswer(cursor=c.cursor, at=c.at, profile=_profile(c.profile)) for c in found]
    last = found[-1].cursor if found else after
    return json_response(FeedAnswer(items=items, next=last))


def _profile(stored: Any) -> ProfileAnswer:
    return ProfileAnswer.model_validate(stored)


def _events(body: object, buyer_id: str) -> list[RiskEvent]:
    """One event, or `{"items": [...]}`; the buyer may be left out, another one is refused."""
    items = body["items"] if isinstance(body, dict) and set(body) == {"items"} else [body]
    if not isinstance(items, list) or not items:
        raise InvalidFieldsError((FieldError("items", "must be a list with an event"),))
    if len(items) > BATCH_ITEMS:
        raise TooLargeError(f"items: more than {BATCH_ITEMS}; split the batch")
    alone = len(items) == 1 and items[0] is body
    return [
        _event(item, buyer_id, "" if alone else f"items[{place}].")
        for place, item in enumerate(items)
    ]


def _event(item: object, buyer_id: str, prefix: str) -> RiskEvent:
    if isinstance(item, dict):
        item = {"buyer_id": buyer_id, **item}
    try:
        event = validate(EventRequest, item)
    except InvalidFieldsError as error:
        told = tuple(FieldError(f"{prefix}{one.field}", one.detail) for one in error.errors)
        raise InvalidFieldsError(told) from None
    if event.buyer_id != buyer_id:
        problem = FieldError(f"{prefix}buyer_id", "is not the buyer of the address; mend one")
        raise InvalidFieldsError((problem,))
    return event_of(event.to_fields())
