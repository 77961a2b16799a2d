"""The contract, field by field: what is taken, what is refused and with which words."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from nlp_service import domain
from nlp_service.contract import requests as contract
from nlp_service.contract.parsing import InvalidFieldsError, validate
from nlp_service.contract.requests import ChatRequest, ReviewRequest

FULL_CHAT: dict[str, Any] = {
    "id": "m-1",
    "text": "亲,身高体重发我一下,给您推荐尺码哦",
    "context": {
        "merchant_id": "s-9",
        "buyer_id": "b-7",
        "conversation_id": "c-3",
        "sent_at": "2026-03-01T10:00:05+08:00",
        "channel": "im",
        "stage": "presale",
        "category": "apparel",
        "item_title": "法式碎花连衣裙",
        "order": {
            "order_id": "o-1",
            "flags": ["cross_border"],
            "tracking_numbers": ["SF1390000000000"],
        },
        "facts": {
            "stock": 3,
            "campaign_ends_at": "2026-03-01T23:59:59+08:00",
            "lowest_price_days": 30,
        },
        "history": [{"role": "buyer", "text": "这件M码多大?", "at": "2026-03-01T09:59:50+08:00"}],
    },
}
FULL_REVIEW: dict[str, Any] = {
    "id": "r-1",
    "text": "垃圾,加我微信退我200就改好评",
    "rating": 1,
    "posted_at": "2026-03-03T20:11:00+08:00",
    "buyer_id": "b-7",
    "merchant_id": "s-9",
    "item_id": "i-4",
    "category": "digital",
    "item_title": "蓝牙耳机",
    "images": 0,
    "append_of": None,
    "order": {
        "order_id": "o-1",
        "ordered_at": "2026-03-01T10:00:00+08:00",
        "shipped_at": "2026-03-01T20:00:00+08:00",
        "delivered_at": "2026-03-03T10:00:00+08:00",
        "refund": {"status": "none", "requested_at": None, "reason": None, "amount": None},
        "paid": 199.0,
        "coupon": 0.0,
    },
    "history": {"reviews": 40, "bad_reviews": 31, "orders": 52, "refunds": 20, "window_days": 180},
}


def with_value(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The body with `value` at a dotted path, parents made where missing."""
    head, _, rest = path.partition(".")
    inner = body.get(head) if isinstance(body.get(head), dict) else {}
    return {**body, head: with_value(inner or {}, rest, value) if rest else value}


def refusal(model: type[BaseModel], body: object) -> InvalidFieldsError:
    with pytest.raises(InvalidFieldsError) as caught:
        validate(model, body)
    return caught.value


def test_example_of_the_contract_becomes_a_message() -> None:
    message = validate(ChatRequest, FULL_CHAT).to_message("unused")
    context = message.context
    assert (message.id, context.stage, context.category) == ("m-1", "presale", "apparel")
    assert context.order == domain.Order("o-1", frozenset({"cross_border"}), ("SF1390000000000",))
    assert context.facts.stock == 3
    assert context.sent_at is not None
    assert context.sent_at.utcoffset() == timedelta(hours=8)
    assert context.history[0].role is domain.Role.BUYER


def test_example_of_the_contract_becomes_a_review() -> None:
    review = validate(ReviewRequest, FULL_REVIEW).to_review()
    assert review.order is not None
    assert review.order.refund == domain.Refund("none")
    assert review.order.paid == 199.0
    assert review.history == domain.BuyerHistory(40, 31, 52, 20, 180)
    assert (review.rating, review.images, review.append_of) == (1, 0, None)


def test_only_text_is_required_of_a_message() -> None:
    message = validate(ChatRequest, {"text": "在的"}).to_message("made-up")
    assert message == domain.Message("made-up", "在的")
    assert refusal(ChatRequest, {}).field == "text"


def test_only_id_and_text_are_required_of_a_review() -> None:
    assert validate(ReviewRequest, {"id": "r", "text": "好"}).to_review() == domain.Review(
        "r", "好"
    )
    assert [e.field for e in refusal(ReviewRequest, {}).errors] == ["id", "text"]


def leaves(body: dict[str, Any], before: str = "") -> list[str]:
    paths = []
    for name, value in body.items():
        paths.append(before + name)
        if isinstance(value, dict):
            paths += leaves(value, f"{before}{name}.")
    return paths


@pytest.mark.parametrize("path", [p for p in leaves(FULL_CHAT) if p != "text"])
def test_every_other_field_of_a_message_may_be_null(path: str) -> None:
    assert validate(ChatRequest, with_value(FULL_CHAT, path, None)).to_message("x").text


@pytest.mark.parametrize("path", [p for p in leaves(FULL_REVIEW) if p not in {"id", "text"}])
def test_every_other_field_of_a_review_may_be_null(path: str) -> None:
    assert validate(ReviewRequest, with_value(FULL_REVIEW, path, None)).to_review().text


UNKNOWN_IN_CHAT = ["x", "context.x", "context.order.x", "context.facts.x"]
UNKNOWN_IN_REVIEW = ["x", "order.x", "order.refund.x", "history.x"]


@pytest.mark.parametrize(
    ("model", "body", "path"),
    [(ChatRequest, FULL_CHAT, path) for path in UNKNOWN_IN_CHAT]
    + [(ReviewRequest, FULL_REVIEW, path) for path in UNKNOWN_IN_REVIEW],
)
def test_unknown_field_is_refused_with_its_path(
    model: type[BaseModel], body: dict[str, Any], path: str
) -> None:
    error = refusal(model, with_value(body, path, 1))
    assert error.field == path
    assert "unknown field" in error.detail


def test_unknown_field_of_a_history_entry_is_refused_with_its_place() -> None:
    history = [*FULL_CHAT["context"]["history"], {"role": "bot", "text": "在", "x": 1}]
    error = refusal(ChatRequest, with_value(FULL_CHAT, "context.history", history))
    assert error.field == "context.history[1].x"


@pytest.mark.parametrize(
    ("model", "path", "some"),
    [
        (ChatRequest, "context.category", "'maternal_baby'"),
        (ChatRequest, "context.stage", "'aftersale'"),
        (ChatRequest, "context.channel", "'call_transcript'"),
        (ChatRequest, "context.order.flags", "'real_name'"),
        (ReviewRequest, "category", "'secondhand'"),
        (ReviewRequest, "order.refund.status", "'completed'"),
    ],
)
def test_unknown_code_is_refused_listing_the_known(
    model: type[BaseModel], path: str, some: str
) -> None:
    value: object = ["geheim"] if path.endswith("flags") else "geheim"
    error = refusal(model, with_value({"id": "a", "text": "好"}, path, value))
    assert error.field is not None
    assert error.field.startswith(path)
    assert some in error.detail
    assert "geheim" not in error.detail


def test_unknown_role_is_refused_listing_the_known() -> None:
    body = with_value({"text": "好"}, "context.history", [{"role": "boss", "text": "好"}])
    error = refusal(ChatRequest, body)
    assert error.field == "context.history[0].role"
    assert "'buyer', 'merchant', 'bot' or 'system'" in error.detail


@pytest.mark.parametrize("missing", ["role", "text"])
def test_history_entry_needs_role_and_text(missing: str) -> None:
    entry = {"role": "buyer", "text": "好"}
    del entry[missing]
    error = refusal(ChatRequest, with_value({"text": "好"}, "context.history", [entry]))
    assert error.field == f"context.history[0].{missing}"


TIMES = [
    "2026-03-01T10:00:05",
    "2026-03-01 10:00:05",
    "2026-03-01",
    "1767225600",
    1767225600,
    1767225600.5,
    "yesterday",
    "2026-13-01T10:00:05+08:00",
    "2026-03-01T10:00:05 Asia/Shanghai",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "",
    True,
    {},
]


@pytest.mark.parametrize("value", TIMES)
@pytest.mark.parametrize(
    ("model", "path"),
    [
        (ChatRequest, "context.sent_at"),
        (ChatRequest, "context.facts.campaign_ends_at"),
        (ReviewRequest, "posted_at"),
        (ReviewRequest, "order.refund.requested_at"),
    ],
)
def test_time_without_offset_or_sense_is_refused(
    model: type[BaseModel], path: str, value: object
) -> None:
    assert refusal(model, with_value({"id": "a", "text": "好"}, path, value)).field == path


@pytest.mark.parametrize(
    "value", ["2026-03-01T10:00:05Z", "2026-03-01T10:00:05.123+08:00", "2026-03-01T10:00+0800"]
)
def test_time_with_offset_is_taken(value: str) -> None:
    body = with_value({"text": "好"}, "context.sent_at", value)
    assert validate(ChatRequest, body).to_message("x").context.sent_at is not None


def entry(at: str | None) -> dict[str, Any]:
    return {"role": "buyer", "text": "好"} | ({"at": at} if at else {})


def test_history_out_of_order_is_refused_over_gaps_and_offsets() -> None:
    times = ["2026-03-01T10:00:00+08:00", None, "2026-03-01T01:59:59Z"]
    body = with_value({"text": "好"}, "context.history", [entry(at) for at in times])
    error = refusal(ChatRequest, body)
    assert error.field == "context.history"
    assert "entry 2 is earlier" in error.detail


def test_history_of_one_instant_or_without_times_is_fine() -> None:
    times = ["2026-03-01T10:00:00+08:00", "2026-03-01T02:00:00Z", None]
    body = with_value({"text": "好"}, "context.history", [entry(at) for at in times])
    assert len(validate(ChatRequest, body).to_message("x").context.history) == 3


BAD_TEXTS = ["", " ", "\n\t\u3000", "a\x00b", "\ud83d", "好\udc00", None, 5, ["好"]]


@pytest.mark.parametrize("text", BAD_TEXTS)
@pytest.mark.parametrize("model", [ChatRequest, ReviewRequest])
def test_text_that_says_nothing_or_cannot_be_stored_is_refused(
    model: type[BaseModel], text: object
) -> None:
    body = {"id": "a", "text": text}
    assert refusal(model, body).field == "text"


@pytest.mark.parametrize(("model", "most"), [(ChatRequest, 4_000), (ReviewRequest, 8_000)])
@pytest.mark.parametrize("char", ["好", "😀"])
def test_length_counts_code_points(model: type[BaseModel], most: int, char: str) -> None:
    assert validate(model, {"id": "a", "text": char * most})
    error = refusal(model, {"id": "a", "text": char * (most + 1)})
    assert f"{most}" in error.detail


@pytest.mark.parametrize("path", ["id", "context.merchant_id", "context.item_title"])
@pytest.mark.parametrize("value", ["a\x00", "\ud83d", 7])
def test_other_strings_are_clean_too(path: str, value: object) -> None:
    assert refusal(ChatRequest, with_value({"text": "好"}, path, value)).field == path


NUMBERS: list[tuple[str, list[object]]] = [
    ("rating", [0, 6, -1, "5", 4.5, True, 10**400]),
    ("images", [-1, "1", 1.5]),
    ("history.reviews", [-1, 2**31]),
    ("history.refunds", [-1]),
    ("history.window_days", [0, -1]),
    ("order.paid", [-0.01, "1", float("nan"), float("inf"), 1e300]),
    ("order.coupon", [-1]),
    ("order.refund.amount", [-1]),
]


@pytest.mark.parametrize(("path", "value"), [(p, v) for p, values in NUMBERS for v in values])
def test_number_out_of_range_or_kind_is_refused(path: str, value: object) -> None:
    error = refusal(ReviewRequest, with_value({"id": "a", "text": "好"}, path, value))
    assert error.field == path


@pytest.mark.parametrize("path", ["context.facts.stock", "context.facts.lowest_price_days"])
def test_negative_fact_is_refused(path: str) -> None:
    assert refusal(ChatRequest, with_value({"text": "好"}, path, -1)).field == path


def test_more_bad_reviews_than_reviews_is_refused() -> None:
    error = refusal(ReviewRequest, {**FULL_REVIEW, "history": {"reviews": 1, "bad_reviews": 2}})
    assert error.field == "history"
    assert "bad_reviews exceeds reviews" in error.detail
    assert validate(ReviewRequest, {**FULL_REVIEW, "history": {"bad_reviews": 2}})


def test_no_error_repeats_what_was_sent() -> None:
    secret = "张三13912345678"
    for path in [*leaves(FULL_CHAT), "x"]:
        for value in (secret, [secret], {secret: secret}, secret * 600):
            try:
                validate(ChatRequest, with_value(FULL_CHAT, path, value))
            except InvalidFieldsError as error:
                words = [error.detail, *(item.detail for item in error.errors)]
                assert secret not in " ".join(words).replace(f".{secret}", "")


def test_codes_are_those_of_the_policy() -> None:
    assert len(contract.CATEGORIES) == 20
    assert contract.STAGES == ("presale", "ordered", "shipped", "delivered", "aftersale")
    assert contract.FLAGS == ("cross_border", "real_name", "custom_made")
