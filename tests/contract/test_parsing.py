"""Bytes that are no JSON, values that are no object, and how fields are named."""

import pytest

from nlp_service.contract.parsing import InvalidFieldsError, field_path, parse, read_json, validate
from nlp_service.contract.requests import ChatRequest
from nlp_service.errors import MalformedError


def test_unknown_field_name_is_cut_and_made_printable() -> None:
    assert field_path(("a", 0, "\x1b[31m\ud83d" + "x" * 100)) == "a[0].?[31m?" + "x" * 58


def test_many_errors_are_counted_but_not_all_told() -> None:
    with pytest.raises(InvalidFieldsError) as caught:
        validate(ChatRequest, {f"x{n}": 1 for n in range(500)})
    assert len(caught.value.errors) == 20


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"null", b"true"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidFieldsError, match="must be a JSON object"):
        parse(ChatRequest, body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"text": "\xff"}', b'{"text": Infinity}', b"[" * 5_000, b"{} {}"]
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        read_json(body)
