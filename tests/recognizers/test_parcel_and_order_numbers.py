"""Parcel and order numbers; that they are never a card, a document or a phone."""

import random
from collections.abc import Callable

import pytest

from tests.recognizers.tables import Row, card, entities, found, identity, kinds

PARCELS: list[Row] = [
    ("SF1390000000000", ["SF1390000000000"]),
    ("顺丰SF1390000000000已发出", ["SF1390000000000"]),
    ("sf1390000000000", ["sf1390000000000"]),
    ("YT1234567890123", ["YT1234567890123"]),
    ("圆通YT8800000000000", ["YT8800000000000"]),
    ("JDVA12345678901", ["JDVA12345678901"]),
    ("JD0123456789012", ["JD0123456789012"]),
    ("JDVB12345678901-1-1", ["JDVB12345678901-1-1"]),
    ("JT1234567890123", ["JT1234567890123"]),
    ("DPK123456789012", ["DPK123456789012"]),
    ("LP00123456789012", ["LP00123456789012"]),
    ("EA123456785CN", ["EA123456785CN"]),
    ("中通731234567890", ["731234567890"]),
    ("中通78123456789012", ["78123456789012"]),
    ("731234567890", ["731234567890"]),
    ("申通773012345678901", ["773012345678901"]),
    ("韵达4312345678901", ["4312345678901"]),
    ("韵达快递 462012345678901", ["462012345678901"]),
    ("EMS 1234567890123", ["1234567890123"]),
    ("运单号1234567890", ["1234567890"]),
    ("快递单号:13800138000", ["13800138000"]),
    ("物流单号 123456789012", ["123456789012"]),
    ("顺丰单号139000000000", ["139000000000"]),
    ("极兔的单号是JT1234567890123", ["JT1234567890123"]),
    ("快递13800138000", []),
    ("顺丰电话95338", []),
    ("型号SF12345", []),
    ("货号731234567890", []),
    ("SF139", []),
    ("快递3天到", []),
    ("物流信息2024", []),
]
PINDUODUO = "240315-123456789012345"
ORDERS: list[Row] = [
    ("订单号1234567890123456789", ["1234567890123456789"]),
    ("订单号:123456789012", ["123456789012"]),
    ("订单编号 3728194466123456789", ["3728194466123456789"]),
    ("您的订单3728194466123456789已发货", ["3728194466123456789"]),
    ("单号13800138000", ["13800138000"]),
    ("编号6222021234567890128", ["6222021234567890128"]),
    (PINDUODUO, [PINDUODUO]),
    (f"订单{PINDUODUO}", [PINDUODUO]),
    ("3728194466123456789", ["3728194466123456789"]),
    ("2024031522001412345678901234", ["2024031522001412345678901234"]),
    ("退款编号 123456789012345", ["123456789012345"]),
    ("order 123456789012", ["123456789012"]),
    ("订单金额123456", []),
    ("订单号发一下", []),
    ("订单2件", []),
    ("1234567", []),
    ("条码6901234567890", []),
    ("2024-03-15", []),
]
SENSITIVE = {"bank_card", "id_card", "mobile", "landline", "passport", "permit", "privacy_number"}


@pytest.mark.parametrize(("text", "expected"), PARCELS)
def test_tracking_number_table(text: str, expected: list[str]) -> None:
    assert found(text, "tracking_number") == expected


@pytest.mark.parametrize(("text", "expected"), ORDERS)
def test_order_number_table(text: str, expected: list[str]) -> None:
    assert found(text, "order_number") == expected


def _digits(rng: random.Random, head: str, size: int) -> str:
    return head + "".join(rng.choices("0123456789", k=size - len(head)))


def _taobao(rng: random.Random) -> str:
    return _digits(rng, rng.choice("1234"), 19)


def _random18(rng: random.Random) -> str:
    return _digits(rng, rng.choice("123456789"), 18)


PARCEL_FORMS = [
    ("SF", 15), ("YT", 15), ("JDVA", 15), ("JD", 15), ("JT", 15), ("DPK", 15), ("LP00", 16),
    ("73", 12), ("75", 12), ("78", 14), ("77", 15), ("43", 15), ("46", 15), ("31", 15), ("4", 13),
    ("5", 13), ("1", 13), ("98", 13), ("2", 12),
]  # fmt: skip


def _parcel(rng: random.Random) -> str:
    return _digits(rng, *rng.choice(PARCEL_FORMS))


@pytest.mark.parametrize("make", [_taobao, _random18, _parcel])
@pytest.mark.parametrize("before", ["", "订单号"])
def test_fewer_than_one_in_a_hundred_is_taken_for_something_else(
    make: Callable[[random.Random], str], before: str
) -> None:
    rng = random.Random(20260301)
    numbers = (make(rng) for _ in range(10_000))
    wrong = sum(1 for number in numbers if SENSITIVE & set(kinds(before + number)))
    assert wrong < (100 if not before else 1)


@pytest.mark.parametrize("cue", ["订单号", "订单", "单号:", "运单号", "快递单号 ", "物流单号是"])
@pytest.mark.parametrize(
    "number",
    ["13800138000", card("622202", 19), identity("110105", "19491231", "003"), "02158881234"],
)
def test_after_a_cue_nothing_else_is_seen(cue: str, number: str) -> None:
    assert not SENSITIVE & set(kinds(cue + number))


@pytest.mark.parametrize(
    "number",
    ["13800138000", card("622202", 19), "021-58881234", "E12345678", "SF1390000000000", "6220000"],
)
@pytest.mark.parametrize("text", ["{}", "您的{}到了", "订单{}", "卡号{}谢谢", "微信{}"])
def test_own_numbers_are_nothing_else(number: str, text: str) -> None:
    (entity,) = entities(text.format(number), own=(number,))
    assert entity.kind in ("order_number", "tracking_number")
    assert entity.verified


@pytest.mark.parametrize(
    "text",
    ["电话{}", "手机号码:{}", "联系我 {}", "联系方式是{}", "订单问题打电话+86{}", "电话(86){}"],
)
def test_an_order_id_like_a_mobile_does_not_hide_a_phone(text: str) -> None:
    number = "13800138000"
    assert [e.kind for e in entities(text.format(number), own=(number,))] == ["mobile"]
    spaced_out = text.format("138 0013 8000")
    assert [e.kind for e in entities(spaced_out, own=(number,))] == ["mobile"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("13800138000", "电话订单号{}"),
        ("13800138000", "电话问过了,{}还没到"),
        ("12000138000", "电话{}"),
        ("3728138001380001", "手机号{}"),
    ],
)
def test_other_own_numbers_stay_own_near_a_phone_word(number: str, text: str) -> None:
    (entity,) = entities(text.format(number), own=(number,))
    assert entity.kind == "order_number"


def test_own_number_is_found_through_spaces_but_not_inside_a_longer_one() -> None:
    assert [e.kind for e in entities("1380 0138 000", own=("13800138000",))] == ["order_number"]
    assert entities("5138001380005", own=("13800138000",)) == ()


def test_own_parcel_number_keeps_its_kind() -> None:
    (entity,) = entities("SF1390000000000", own=("sf1390000000000",))
    assert (entity.kind, entity.score) == ("tracking_number", 1.0)
