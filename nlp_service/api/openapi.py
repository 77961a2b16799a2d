"""The API description: bodies are read by hand for speed, so their schemas are added here."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from nlp_service.api.problems import MEANINGS, MEDIA_TYPE, Problem
from nlp_service.contract.moderation import (
    ClaimNextRequest,
    ClaimRequest,
    DecideRequest,
    ItemAppealRequest,
    ReportRequest,
)
from nlp_service.contract.requests import BATCH_ITEMS, ChatRequest, ReviewRequest
from nlp_service.contract.risk import AppealRequest, EventRequest

_BODIES = (
    ChatRequest,
    ReportRequest,
    ReviewRequest,
    EventRequest,
    AppealRequest,
    ClaimRequest,
    ClaimNextRequest,
    DecideRequest,
    ItemAppealRequest,
    Problem,
)
_REF = "#/components/schemas/{model}"

CHAT_EXAMPLE = {
    "id": "m-1",
    "text": "亲,身份证号发一下,我帮您登记",
    "context": {"category": "apparel", "stage": "presale"},
}
REVIEW_EXAMPLE = {
    "id": "r-1",
    "text": "垃圾,加我微信退我200就改好评",
    "rating": 1,
    "category": "digital",
    "history": {"reviews": 40, "bad_reviews": 31, "orders": 52, "refunds": 20, "window_days": 180},
}
EVENT_EXAMPLE = {
    "event_id": "e-1",
    "buyer_id": "b-7",
    "kind": "refund_requested",
    "at": "2026-03-03T20:11:00+08:00",
    "order_id": "o-1",
    "category": "digital",
    "data": {"type": "refund_only", "reason": "不想要了"},
}
REPORT_EXAMPLE = {
    "report_id": "p-1",
    "buyer_id": "b-7",
    "reason": "一直让我加微信,不加就不给退",
    "message": {
        "id": "m-1",
        "text": "加我微信才能退款哦",
        "context": {"merchant_id": "s-9", "buyer_id": "b-7", "stage": "aftersale"},
    },
}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "ReportRequest": REPORT_EXAMPLE,
    "ClaimRequest": {"moderator": "m-3"},
    "ClaimNextRequest": {"moderator": "m-3", "kind": "review"},
    "DecideRequest": {"moderator": "m-3", "decision": "genuine", "reason": "图文相符"},
    "ItemAppealRequest": {"by": "m-4", "reason": "聊天记录没有看"},
    "EventRequest": EVENT_EXAMPLE,
    "AppealRequest": {"appeal_id": "a-1", "reason": "退款是因为商品有质量问题"},
    "ChatRequest": CHAT_EXAMPLE,
    "ReviewRequest": REVIEW_EXAMPLE,
}

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": meaning,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }
    for status, meaning in MEANINGS.items()
    if status not in (404, 405)
}


def body_of(model: str) -> dict[str, Any]:
    """The request body of one item."""
    return _body({"$ref": _REF.format(model=model)}, _EXAMPLES[model])


def batch_of(model: str) -> dict[str, Any]:
    """The request body of a batch."""
    items = {"type": "array", "maxItems": BATCH_ITEMS, "items": {"$ref": _REF.format(model=model)}}
    schema = {"type": "object", "required": ["items"], "properties": {"items": items}}
    return _body({**schema, "additionalProperties": False}, {"items": [_EXAMPLES[model]]})


def _body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def install(app: FastAPI) -> None:
    """Make `app.openapi()` know the models that no route names."""
    make = app.openapi

    def described() -> dict[str, Any]:
        schema = make()
        known = schema.setdefault("components", {}).setdefault("schemas", {})
        known.update(_schemas())
        return schema

    app.openapi = described  # type: ignore[method-assign]


def _schemas() -> dict[str, Any]:
    models = [(model, "validation") for model in _BODIES]
    _, definitions = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas
