"""Every error as problem details (RFC 9457), in one shape.

`{"type", "title", "status", "detail"}`, and for wrong fields `"field"` (the first) and `"errors"`
(all of them). Nothing that was sent is repeated, except names of unknown fields and, beside a bad
item of a batch, its id. `type` leads to the line of `/docs` about the status.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from nlp_service.contract.parsing import InvalidFieldsError, field_errors
from nlp_service.errors import ClientError, ServiceError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 1
# Every status that a caller can meet, except 500; `/docs` has a line for each.
MEANINGS = {
    400: "Malformed: the body is not JSON",
    401: "No API key, or an unknown one",
    403: "The key lacks the scope",
    404: "There is nothing at this address, or nothing is known under this id",
    405: "The address does not take this method; the Allow header says which it takes",
    409: "Contradicts what was sent or done before; `detail` says what to do",
    413: "Too many items or bytes",
    422: "A field is wrong; `field` and `errors` say which and what to do",
    429: "Too many calls; wait `Retry-After` seconds",
    503: "Overloaded or no model; wait `Retry-After` seconds",
}


class AuthError(ServiceError):
    """No key, or one that nobody knows."""

    status = 401
    title = "Unauthorized"


class ScopeError(ServiceError):
    """The key may not do this."""

    status = 403
    title = "Forbidden"


class RateError(ServiceError):
    """The key calls more often than the settings allow."""

    status: ClassVar[int] = 429
    title = "Too many requests"


class OverloadError(ServiceError):
    """More calls at once than the settings allow."""

    status = 503
    title = "Overloaded"


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str
    detail: str


class Problem(BaseModel):
    """Problem details, as callers read them."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    errors: list[FieldProblem] | None = None


def problem_body(error: ServiceError) -> dict[str, Any]:
    """The JSON of an error of ours."""
    body: dict[str, Any] = _body(error.status, error.title, error.detail)
    if isinstance(error, InvalidFieldsError):
        wrong = [{"field": item.field, "detail": item.detail} for item in error.errors]
        return {**body, "field": error.field, "errors": wrong}
    if isinstance(error, ClientError) and error.field:
        return {**body, "field": error.field}
    return body


def problem_response(error: ServiceError) -> Response:
    """The HTTP answer for an error of ours, with the headers that its status asks for."""
    headers = {}
    if error.status in (429, 503):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _response(error.status, problem_body(error), headers)


def internal_problem() -> dict[str, Any]:
    """What a caller learns of a bug of ours: that it happened."""
    return _body(500, "Internal error", "the service failed; the log of the service says where")


def internal_response() -> Response:
    """The HTTP answer for a bug of ours."""
    return _response(500, internal_problem(), {})


def install(app: FastAPI) -> None:
    """Answer every error that routes and framework raise in the one shape."""
    app.add_exception_handler(ServiceError, _on_service_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


def _on_service_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    return problem_response(error)


def _on_validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(InvalidFieldsError(field_errors(list(error.errors()))))


def _on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = _HTTP_DETAILS.get(error.status_code, title)
    return _response(error.status_code, _body(error.status_code, title, detail), error.headers)


_HTTP_DETAILS = {
    404: "there is nothing at this address; see /docs",
    405: "this address does not take this method; see the Allow header and /docs",
}


def _body(status: int, title: str, detail: str) -> dict[str, Any]:
    kind = f"/docs#problem-{status}" if status in MEANINGS else "about:blank"
    return {"type": kind, "title": title, "status": status, "detail": detail}


def _response(status: int, body: dict[str, Any], headers: Mapping[str, str] | None) -> Response:
    content = json.dumps(body, ensure_ascii=False)
    return Response(content, status, dict(headers or {}), MEDIA_TYPE)
