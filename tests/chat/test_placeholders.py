"""A placeholder shows nothing; a value beside it does."""

import pytest

from nlp_service.chat.placeholders import is_masked
from nlp_service.chat.reader import MerchantReading
from nlp_service.domain import Act, Span
from nlp_service.recognizers import recognize
from nlp_service.text.normalize import normalize


def _reading(raw: str) -> MerchantReading:
    normalized = normalize(raw)
    return MerchantReading(normalized, tuple(recognize(normalized)), (), {})


def _shown(raw: str, *words: str, act: str = "own") -> Act:
    spans = [Span(raw.index(one), raw.index(one) + len(one)) for one in words]
    return Act(act, "address", 0.9, tuple(spans))


@pytest.mark.parametrize(
    ("raw", "words", "masked"),
    [
        ("[电话x]这个是您电话吗", ("[电话x]",), True),
        ("湖北[地址x] 恩施站可以送达", ("湖北[地址x]",), True),
        ("寄到<ADDRESS>,{name}收", ("<ADDRESS>", "{name}"), True),
        ("您的号码是【手机号】吗", ("手机号",), True),
        ("您的电话是13812345678吗", ("13812345678",), False),
        ("[姓名x] 13812345678 对吗", ("[姓名x] 13812345678",), False),
        (
            "寄到佛山市顺德区容桂街道大观直街[数字x]号",
            ("佛山市顺德区容桂街道大观直街[数字x]",),
            False,
        ),
        ("寄到幸福小区,[数字x]楼", ("幸福小区",), False),
        ("寄到[地址x],或者幸福路小区西二门", ("[地址x]", "幸福路小区西二门"), False),
    ],
)
def test_what_a_placeholder_hides(raw: str, words: tuple[str, ...], masked: bool) -> None:
    assert is_masked(_shown(raw, *words), _reading(raw)) is masked
    assert not is_masked(_shown(raw, *words, act="asks"), _reading(raw))
