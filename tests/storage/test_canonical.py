from collections.abc import Mapping
from typing import Any

import pytest

from nlp_service.storage.canonical import canonical_json, require_code, require_plain

KEY = "0123456789abcdef" * 4


def test_equal_values_have_equal_bytes() -> None:
    assert canonical_json({"b": 10.0, "a": (1, "店")}) == b'{"a":[1,"\\u5e97"],"b":10}'
    assert canonical_json({"a": [1, "店"], "b": 10}) == canonical_json({"b": 10.0, "a": (1, "店")})
    assert canonical_json({"a": True}) != canonical_json({"a": 1})
    assert canonical_json({"a": 0.5}) == b'{"a":0.5}'


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(value)


@pytest.mark.parametrize("code", ["review_posted", "default@1", "queue.put", "a"])
def test_codes_are_taken(code: str) -> None:
    assert require_code(code) == code


@pytest.mark.parametrize(
    "text", ["", "张三", "Zhang", "a b", "1a", "a13912345678", "a" * 65, "a\n", "a,b"]
)
def test_what_could_be_personal_is_no_code(text: str) -> None:
    with pytest.raises(ValueError, match="codes") as caught:
        require_code(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    "body", [{}, {"a": [1, -2.5, None, True, "b.c"]}, {"a": {"b": KEY}}, [], 1_000_000]
)
def test_plain_bodies_are_taken(body: Any) -> None:
    require_plain(body)


@pytest.mark.parametrize(
    "body",
    [
        {"a": "张三"},
        {"张三": 1},
        {"a": {"b": ["13912345678"]}},
        {"a": 13912345678},
        {"a": float("nan")},
        {"a": KEY[:-1]},
        {"a": b"x"},
        {"a": "2026-03-01T10:00:00Z"},
    ],
)
def test_bodies_that_could_hold_personal_data_are_refused(body: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="takes"):
        require_plain(body)
