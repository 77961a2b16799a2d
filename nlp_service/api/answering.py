"""What both `/v1` doors share: the batch envelope, ids made up, JSON out.

A batch is `{"items": [...]}` in and out. A bad item answers `{"id", "error": problem}` in its
place; it never fails the others.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json
from starlette.responses import Response

from nlp_service.api.problems import Problem, internal_problem, problem_body
from nlp_service.batch.apart import Failure, each_apart
from nlp_service.contract.parsing import read_json, validate
from nlp_service.contract.requests import BATCH_ITEMS, ID_CHARS
from nlp_service.errors import TooLargeError

Value = TypeVar("Value")
Result = TypeVar("Result")


class Envelope(BaseModel):
    """The body of a batch; its items are checked one by one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    items: list[Any]


class ItemError(BaseModel):
    """In the place of an answer: what was wrong with this item."""

    id: str | None
    error: Problem


class BatchAnswer(BaseModel, Generic[Value]):
    """Answers in the order of the items."""

    items: list[Value | ItemError]


def read_items(body: bytes) -> list[Any]:
    """The raw items of a batch; raises TooLargeError beyond the most that one call takes."""
    items = validate(Envelope, read_json(body)).items
    if len(items) > BATCH_ITEMS:
        raise TooLargeError(f"items: more than {BATCH_ITEMS}; split the batch")
    return items


def made_up_id() -> str:
    """An id for a message that came without one."""
    return f"m-{uuid.uuid4()}"


def json_response(content: object) -> Response:
    """UTF-8 JSON; NaN and Infinity cannot occur in an answer of ours."""
    return Response(to_json(content), media_type="application/json")


def answer_items(
    items: Sequence[Any],
    read: Callable[[Any], Value],
    work: Callable[[list[Value]], list[Result]],
    show: Callable[[Result], object],
) -> list[object]:
    """Read, work and show every item in order; whatever fails, fails alone."""
    results = each_apart(items, read, work)
    return [
        _shown(item, result) if isinstance(result, Failure) else show(result)
        for item, result in zip(items, results, strict=True)
    ]


def _shown(item: object, failure: Failure) -> dict[str, Any]:
    """A failed item's place in the answer; a wrong id is not repeated."""
    name = item.get("id") if isinstance(item, dict) else None
    fine = isinstance(name, str) and 0 < len(name) <= ID_CHARS and name.isprintable()
    return failed_item(name if fine else None, failure)


def failed_item(name: str | None, failure: Failure) -> dict[str, Any]:
    """What stands in the place of an answer."""
    problem = problem_body(failure.error) if failure.error else internal_problem()
    return {"id": name, "error": problem}
