"""`/v1/chat`: checks before a merchant's message is sent.

A check takes some milliseconds and longer with a long history, so it runs in a thread and holds up
nobody else; the encoder leaves the interpreter free while it computes.
"""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from nlp_service.api.answering import (
    BatchAnswer,
    answer_items,
    json_response,
    made_up_id,
    read_items,
)
from nlp_service.api.auth import needs
from nlp_service.api.house import House, house
from nlp_service.api.openapi import ERRORS, batch_of, body_of
from nlp_service.contract.answers import ChatAnswer
from nlp_service.contract.parsing import parse, validate
from nlp_service.contract.requests import ChatRequest
from nlp_service.domain import Message, Verdict
from nlp_service.storage.recording import FactsLike

_Checked = tuple[Message, Verdict, FactsLike]

# A body beyond this takes the loop for longer than a thread costs.
_LOOP_BYTES = 64 * 1024

router = APIRouter(
    prefix="/v1/chat", tags=["chat"], dependencies=[Depends(needs("chat"))], responses=ERRORS
)


@router.post(
    "/check",
    summary="Check one message",
    responses={200: {"model": ChatAnswer}},
    openapi_extra=body_of("ChatRequest"),
)
async def check(request: Request) -> Response:
    """May this message be sent to the buyer, and if not, why and what instead?"""
    rooms = house(request)
    engine = rooms.engines.need_chat()
    message = await _message(rooms, await request.body())
    verdict, facts = await rooms.checked(lambda: engine.check_with_facts(message))
    rooms.note_verdict(message, verdict, facts)
    return json_response(ChatAnswer.of(verdict))


async def _message(rooms: House, body: bytes) -> Message:
    """The body as a message; a long one is read beside the loop."""
    if len(body) > _LOOP_BYTES:
        return await rooms.in_pool(lambda: _parsed(body))
    return _parsed(body)


def _parsed(body: bytes) -> Message:
    return parse(ChatRequest, body).to_message(made_up_id())


@router.post(
    "/check/batch",
    summary="Check up to 256 messages",
    responses={200: {"model": BatchAnswer[ChatAnswer]}},
    openapi_extra=batch_of("ChatRequest"),
)
async def check_batch(request: Request) -> Response:
    """Each item is checked for itself; a bad one answers `{"id", "error"}` in its place."""
    rooms = house(request)
    engine = rooms.engines.need_chat()
    items = read_items(await request.body())

    def work(messages: list[Message]) -> list[_Checked]:
        return [(message, *engine.check_with_facts(message)) for message in messages]

    def show(checked: _Checked) -> ChatAnswer:
        rooms.note_verdict(*checked)
        return ChatAnswer.of(checked[1])

    answers = await rooms.in_pool(lambda: answer_items(items, _read, work, show))
    return json_response({"items": answers})


def _read(item: object) -> Message:
    return validate(ChatRequest, item).to_message(made_up_id())
