"""Numbers, times and amounts are read as the least that they can mean."""

import pytest
import re2

from nlp_service.reviews.signals.claims import (
    AMOUNT,
    DURATION,
    duration_claims,
    read_amount,
    read_number,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
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
def test_han_numbers_are_read(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("十来天", 10),
        ("一个多礼拜", 7),
        ("一周多", 7),
        ("小半个月", 12),
        ("大半个月", 15),
        ("快一个月", 24),
        ("一个半月", 45),
        ("两年半", 912.5),
        ("不到三个月", 30),
        ("三个月不到", 30),
        ("俩月", 60),
    ],
)
def test_times_are_read(text: str, days: float) -> None:
    (claim,) = duration_claims(text, re2.compile(DURATION))
    assert claim.value == pytest.approx(days)


@pytest.mark.parametrize(
    "text", ["3月", "三月", "2024年", "八百年", "一年保修", "两年前", "三年的旧货", "一个月饼"]
)
def test_dates_ages_and_terms_are_no_times(text: str) -> None:
    assert not list(duration_claims(text, re2.compile(DURATION)))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("599", 599),
        ("五百九十九", 599),
        ("小一千", 800),
        ("六百来", 600),
        ("1.2万", 12000),
        ("2千", 2000),
        ("块", 0),
    ],
)
def test_amounts_are_read(text: str, yuan: float) -> None:
    match = re2.compile(AMOUNT).search(text)
    assert match is not None
    assert read_amount(match) == pytest.approx(yuan)
