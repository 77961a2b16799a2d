"""Identity numbers: check character, date, region, neighbours."""

import pytest

from nlp_service.recognizers.checksums import gb11643_check, luhn_holds
from tests.recognizers.tables import Row, card, entities, found, identity, spaced

A = identity("110105", "19491231", "002")
B = identity("310101", "19900307", "451")
C = identity("440305", "20120229", "118")
WRONG = A[:17] + ("1" if A[17] != "1" else "2")
OLD = "110105491231002"
TABLE: list[Row] = [
    (A, [A]),
    (A.lower(), [A.lower()]),
    (f"身份证{A}收到", [A]),
    (f"身份证号:{B},谢谢", [B]),
    (f"我的是{B}哦", [B]),
    (f"{B}这个是孩子的{C}", [B, C]),
    (f"【{C}】", [C]),
    (spaced(B, 6, 8, 4), [spaced(B, 6, 8, 4)]),
    (spaced(B, 6, 4, 4, 4, sign="-"), [spaced(B, 6, 4, 4, 4, sign="-")]),
    (spaced(A, 6, 8, 4), [spaced(A, 6, 8, 4)]),
    (f"证件编号{B}", [B]),
    (f"清关用{B}", [B]),
    (f"姓名张三{B}", [B]),
    (f"身份证{WRONG}", [WRONG]),
    (f"实名要填{WRONG}", [WRONG]),
    (f"{WRONG}", []),
    (f"订单号{B}", []),
    (f"订单{B}", []),
    (f"快递单号:{B}", []),
    (f"编号{B}", []),
    (f"1{B}", []),
    (f"{B}1", []),
    (f"a{B}", []),
    (f"{B}ab", []),
    (identity("990105", "19491231", "002"), []),
    (identity("160105", "19491231", "002"), []),
    (identity("110105", "19491331", "002"), []),
    (identity("110105", "19490231", "002"), []),
    (identity("110105", "20130229", "002"), []),
    (identity("110105", "18491231", "002"), []),
    (identity("110105", "21491231", "002"), []),
    (identity("810000", "19900101", "001"), [identity("810000", "19900101", "001")]),
    (f"身份证{OLD}", [OLD]),
    (OLD, [OLD]),
    (f"订单号{OLD}", []),
    (f"IMEI {OLD}", []),
    (f"串号{OLD}", []),
    ("110105491331002", []),
    ("110105991231002", []),
    ("身份证110105991231002", ["110105991231002"]),
    ("身份证发一下", []),
    ("110***********1234", []),
    ("身份证后四位1234", []),
    ("3101011990", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_id_card_table(text: str, expected: list[str]) -> None:
    assert found(text, "id_card") == expected


def test_the_check_makes_it_certain() -> None:
    right, wrong = entities(f"身份证{A}"), entities(f"身份证{WRONG}")
    assert right[0].verified
    assert not wrong[0].verified
    assert right[0].score > wrong[0].score


def test_mask_keeps_three_and_four() -> None:
    (entity,) = entities(f"身份证{B}")
    assert entity.masked == B[:3] + "*" * 11 + B[-4:]


def test_old_number_is_verified_only_by_a_cue() -> None:
    assert not entities(OLD)[0].verified
    assert entities(f"身份证{OLD}")[0].verified


def test_checksums_agree_with_published_examples() -> None:
    assert gb11643_check("11010519491231002") == "X"
    assert luhn_holds("79927398713")
    assert not luhn_holds("79927398710")
    assert luhn_holds(card("622202", 19))
