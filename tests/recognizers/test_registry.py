"""The whole room: offsets into the raw text, overlaps, masking, and properties."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.recognizers import mask, recognize
from nlp_service.recognizers.mobile import is_mainland
from nlp_service.text.normalize import normalize
from tests.recognizers.tables import card, entities, found, identity, kinds

PREFIXES = (
    "130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162"
    " 165 166 167 170 171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191"
    " 192 193 195 196 197 198 199"
)
UNASSIGNED = "100 110 120 142 143 154 160 161 163 164 168 169 179 194"
HAN = st.text(alphabet="的了请给您发货尺码微信卡号身份证收到谢地址路号区", max_size=12)
TAIL = st.text(alphabet="0123456789", min_size=8, max_size=8)
_PIECES = """13800138000 微信 abc_123 @qq.com www. example.com 沪A12345 上海市 张江路 88号 3栋
收件人: 张三 订单号 6222021234567890128 , - 转1234 QQ 点com １３８ 一三八 ❤ \u200b E12345678 +86
021-58881234 支付宝 扫码 kefu 北京 小区 先生 """
PIECES = st.sampled_from([*_PIECES.split(), " ", "1 3 8"])


def test_full_delivery_text() -> None:
    text = "收件人:张三,电话13800138000,地址上海市浦东新区张江路88号3栋1201室,微信abc_12345"
    assert kinds(text) == ["person_name", "mobile", "address", "wechat"]
    assert mask(text, entities(text)) == (
        "收件人:张*,电话138****8000,地址上海市浦东新区****,微信a***"
    )


def test_offsets_point_into_the_raw_text() -> None:
    text = "电话１３８００１３８０００。"
    (entity,) = entities(text)
    assert text[entity.start : entity.end] == "１３８００１３８０００"
    assert entity.value == "13800138000"


def test_zero_width_characters_do_not_hide_a_number() -> None:
    text = "138\u200b0013\u200b8000"
    assert found(text, "mobile") == [text]


def test_plain_message_has_no_entities() -> None:
    assert entities("亲,身高体重发我一下,给您推荐尺码哦") == ()


def test_empty_text_has_no_entities() -> None:
    assert entities("") == ()


def test_pinyin_inside_an_id_is_left_as_typed() -> None:
    (entity,) = entities("加微信kefu_001")
    assert (entity.kind, entity.value) == ("wechat", "kefu_001")
    assert found("kefu@163.com", "email") == ["kefu@163.com"]


def test_value_is_not_shown_in_repr() -> None:
    assert "13800138000" not in repr(entities("13800138000"))


def test_mask_leaves_the_rest_alone_and_takes_entities_in_any_order() -> None:
    text = "13800138000和abc@qq.com"
    all_entities = entities(text)
    assert mask(text, reversed(all_entities)) == "138****8000和a***@qq.com"
    assert mask(text, all_entities[:1]) == "138****8000和abc@qq.com"
    assert mask(text, ()) == text


@pytest.mark.parametrize("prefix", PREFIXES.split())
def test_every_issued_prefix_is_known(prefix: str) -> None:
    assert is_mainland(prefix + "12345678")


@pytest.mark.parametrize("prefix", UNASSIGNED.split())
def test_no_unassigned_prefix_is_taken(prefix: str) -> None:
    assert not is_mainland(prefix + "12345678")


@given(st.lists(st.one_of(PIECES, HAN, st.text(max_size=6)), max_size=8))
@settings(max_examples=400, deadline=None)
def test_spans_lie_in_the_raw_text_apart_and_masked(parts: list[str]) -> None:
    text = "".join(parts)
    last = 0
    for entity in recognize(normalize(text)):
        assert last <= entity.start < entity.end <= len(text)
        last = entity.end
        raw = text[entity.start : entity.end]
        assert entity.value
        assert entity.value not in entity.masked
        assert raw not in entity.masked
        assert 0.5 <= entity.score <= 1.0


@given(HAN, st.sampled_from(PREFIXES.split()), TAIL, st.sampled_from(["的", "谢谢", "收", ""]))
@settings(deadline=None)
def test_any_issued_mobile_touching_han_is_found(
    before: str, prefix: str, tail: str, after: str
) -> None:
    number, lead = prefix + tail, before + "吗"
    text = lead + number + after
    spans = [(e.start, e.end) for e in entities(text) if e.kind in ("mobile", "wechat")]
    assert spans == [(len(lead), len(lead) + 11)]


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2025, 12, 31)), st.integers(1, 999))
@settings(deadline=None, max_examples=60)
def test_any_valid_identity_number_is_found(born: date, order: int) -> None:
    number = identity("310101", born.strftime("%Y%m%d"), f"{order:03}")
    (entity,) = entities(f"身份证{number}收到")
    assert (entity.kind, entity.verified, entity.value) == ("id_card", True, number)


@given(st.sampled_from([16, 17, 18, 19]), st.integers(0, 9999))
@settings(deadline=None)
def test_any_valid_unionpay_card_is_found(size: int, middle: int) -> None:
    number = card(f"62{middle:04}", size)
    (entity,) = entities(f"卡号{number}谢谢")
    assert (entity.kind, entity.verified, entity.value) == ("bank_card", True, number)


HOSTILE = ["a.", "1-", "加微", "路1号", "a b ", "微信 ", "@a", "((((", "13800138000 ", "省市", "q"]


def _cost_s(text: str) -> float:
    normalized = normalize(text)
    start = time.process_time()
    recognize(normalized)
    return time.process_time() - start


@pytest.mark.parametrize("piece", HOSTILE)
def test_cost_grows_no_faster_than_the_text(piece: str) -> None:
    """Four times the text may cost eight times as much (noise), not sixteen (quadratic)."""
    short = min(_cost_s(piece * 1000) for _ in range(3))
    assert min(_cost_s(piece * 4000) for _ in range(2)) < max(0.02, 10 * short)
