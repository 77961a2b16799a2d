"""Bank cards: Luhn, issuers, grouping, cues."""

import pytest

from tests.recognizers.tables import Row, card, entities, found, spaced

U19, U16, U17, U18 = card("622202", 19), card("625907", 16), card("621700", 17), card("622700", 18)
VISA, CCB_VISA, MASTER = card("411111", 16), card("436742", 16), card("555555", 16)
AMEX, CMB_AMEX, OLD_ICBC = card("341234", 15), card("370285", 15), card("955880", 19)
BAD = U19[:18] + str((int(U19[18]) + 1) % 10)
FOURS = spaced(U19, 4, 4, 4, 4, 3)
TABLE: list[Row] = [
    (U19, [U19]),
    (U16, [U16]),
    (U17, [U17]),
    (U18, [U18]),
    (f"卡号{U19}谢谢", [U19]),
    (f"卡号:{U16},户名张三", [U16]),
    (f"打到{U19}吧", [U19]),
    (f"银行卡{U17}", [U17]),
    (f"工行{U19}", [U19]),
    (FOURS, [FOURS]),
    (f"卡号{FOURS}谢谢", [FOURS]),
    (spaced(U16, 4, 4, 4, 4, sign="-"), [spaced(U16, 4, 4, 4, 4, sign="-")]),
    (spaced(U19, 6, 13), [spaced(U19, 6, 13)]),
    (" ".join(U19), [" ".join(U19)]),
    (CCB_VISA, [CCB_VISA]),
    (f"卡号{VISA}", [VISA]),
    (f"信用卡{MASTER}", [MASTER]),
    (spaced(VISA, 4, 4, 4, 4), [spaced(VISA, 4, 4, 4, 4)]),
    (CMB_AMEX, [CMB_AMEX]),
    (f"信用卡{AMEX}", [AMEX]),
    (OLD_ICBC, [OLD_ICBC]),
    (f"{U19}和{U16}", [U19, U16]),
    (f"{U19} {U16}", [U19, U16]),
    (f"卡号{BAD}", [BAD]),
    (f"银行卡号是{BAD}", [BAD]),
    (BAD, []),
    (VISA, []),
    (MASTER, []),
    (AMEX, []),
    (f"订单号{U19}", []),
    (f"订单{U16}", []),
    (f"运单号{U19}", []),
    (f"快递单号:{U16}", []),
    (f"流水号{U19}", []),
    (f"1{U19}", []),
    (f"{U19}1", []),
    (f"x{U19}", []),
    (f"{U19}x", []),
    (f"会员卡号{BAD}", []),
    (card("199999", 19), []),
    (card("299999", 18), []),
    ("6222", []),
    ("卡号尾号0128", []),
    ("6222****0128", []),
    ("62元2件", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_bank_card_table(text: str, expected: list[str]) -> None:
    assert found(text, "bank_card") == expected


def test_card_touching_han_is_found_masked_and_verified() -> None:
    (entity,) = entities(f"卡号{U19}谢谢")
    assert entity.verified
    assert entity.masked == "*" * 15 + U19[-4:]


def test_a_failed_check_is_never_verified() -> None:
    assert [entity.verified for entity in entities(f"银行卡号{BAD}")] == [False]


def test_grouped_card_is_one_value() -> None:
    assert [entity.value for entity in entities(FOURS)] == [U19]
