"""Numbers as people write them."""

import pytest

from nlp_service.text.numerals import read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("1.5", 1.5),
        ("半", 0.5),
        ("十", 10),
        ("十二", 12),
        ("三十五", 35),
        ("十几", 13),
        ("两三", 2),
        ("三五百", 300),
        ("俩", 2),
        ("一百零五", 105),
        ("三百五", 350),
        ("一千二", 1200),
        ("五百九十九", 599),
        ("两万", 20000),
        ("一万二千", 12000),
    ],
)
def test_numbers_are_read(text: str, number: float) -> None:
    assert read_number(text) == number
