"""What the models read: numbers made anonymous, spans that still point into the raw text."""

import pytest

from nlp_service.recognizers import recognize
from nlp_service.text.model_text import MARKS, model_text
from nlp_service.text.normalize import normalize


def _read(raw: str) -> tuple[str, list[str]]:
    normalized = normalize(raw)
    readable = model_text(normalized, recognize(normalized))
    raw_pieces = [raw[a:b] for a, b in zip(readable.starts, readable.ends, strict=True)]
    return readable.text, raw_pieces


def test_two_phone_numbers_read_the_same() -> None:
    one, _ = _read("打13812348000联系")
    other, _ = _read("打15987654321联系")
    assert one == other == f"打{MARKS['mobile']}联系"


def test_a_mark_points_to_the_whole_raw_number() -> None:
    text, pieces = _read("打138-1234-8000联系")
    assert pieces[text.index(MARKS["mobile"])] == "138-1234-8000"
    assert pieces[-1] == "系"


def test_other_digits_become_zero_and_keep_their_places() -> None:
    text, pieces = _read("满299减30")
    assert text == "满000减00"
    assert "".join(pieces) == "满299减30"


@pytest.mark.parametrize(
    ("raw", "count"),
    [("好的", 1), ("亲,身高体重发我一下", 1), ("您好包裹到了,记得查收,有事找我", 6)],
)
def test_units_are_the_whole_the_clauses_and_their_pairs(raw: str, count: int) -> None:
    normalized = normalize(raw)
    units = model_text(normalized, ()).units()
    assert units[0] == (0, len(normalized.text))
    assert len(units) == count
