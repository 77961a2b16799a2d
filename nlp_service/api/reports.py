"""`/v1/chat/reports`: a buyer complains about a merchant's message, and a person will look at it.

The message is checked as it would be before sending. Where it cannot be checked the report waits
without a verdict: a complaint never depends on a model.
"""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from nlp_service.api.answering import json_response
from nlp_service.api.auth import needs
from nlp_service.api.house import House, house
from nlp_service.api.openapi import ERRORS, body_of
from nlp_service.batch.apart import Failure, attempt
from nlp_service.contract.moderation import ReportAnswer, ReportRequest
from nlp_service.contract.parsing import parse
from nlp_service.domain import Verdict

router = APIRouter(
    prefix="/v1/chat", tags=["chat"], dependencies=[Depends(needs("chat"))], responses=ERRORS
)


@router.post(
    "/reports",
    status_code=202,
    summary="Report a merchant's message",
    responses={202: {"model": ReportAnswer}},
    openapi_extra=body_of("ReportRequest"),
)
async def report(request: Request) -> Response:
    """It waits for a moderator, once; the texts are kept sealed and erased with the buyer."""
    rooms = house(request)
    desk = rooms.need_desk()
    asked = parse(ReportRequest, await request.body())
    verdict = await _verdict(rooms, asked)
    item, is_new = await rooms.in_pool(lambda: desk.put_report(asked, verdict))
    answer = json_response(ReportAnswer(report_id=asked.report_id, item=item, new=is_new))
    answer.status_code = 202
    return answer


async def _verdict(rooms: House, asked: ReportRequest) -> Verdict | None:
    engine = rooms.engines.chat
    if engine is None:
        return None
    message = asked.message.to_message(asked.report_id)
    verdict = await rooms.checked(lambda: attempt(engine.check, message))
    return None if isinstance(verdict, Failure) else verdict
