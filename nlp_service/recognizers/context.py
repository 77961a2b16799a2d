"""Words around a hit: the cue right before it, the cue somewhere near, the letters it touches.

Cues are literal words, looked for in a short stretch, so their cost does not grow with the text.
"""

import re

# What people put between a cue and its value: "电话:", "单号是 ", "【微信】". No comma and no full
# stop: "查一下订单,13800138000" does not call the phone an order.
_BETWEEN = " \t\n:=是为()[]【】<>《》「」\"'~～-—#*|↓→👉✨👇"
_REACH = 14

ORDER_CUES = (
    "订单号", "订单号码", "订单编号", "订单", "单号", "单号码", "编号", "交易号", "流水号",
    "退款编号", "order", "orderid", "order id", "order no", "order no.",
)  # fmt: skip
TRACKING_CUES = (
    "快递单号", "运单号", "运单号码", "运单", "物流单号", "快递号", "物流号", "快递编号",
    "物流编号", "包裹号", "运单编号", "面单号", "回寄单号", "退货单号", "快递单号码",
    "物流单号码",
)  # fmt: skip
# Codes of goods and devices: never a phone, a card or a document.
CODE_CUES = (
    "货号", "款号", "批号", "序列号", "条形码", "条码", "sn", "s/n", "imei", "串号", "型号",
    "编码", "sku", "spu", "商品id", "商品号", "批次", "取件码", "核销码", "券码", "兑换码",
    "激活码", "税号", "信用代码", "邮编", "密钥",
)  # fmt: skip
_DOCUMENT_NUMBERS = ("证件编号", "身份编号", "证编号", "卡编号")
_NOT_PERSONAL = ORDER_CUES + TRACKING_CUES + CODE_CUES
# A look at the last character spares most texts the comparison with all cues.
_LAST_CHARACTERS = frozenset(cue[-1] for cue in _NOT_PERSONAL)


def words_before(text: str, at: int) -> str:
    """The few characters before `at`, without the colon, brackets or 是 in between."""
    return text[max(0, at - _REACH) : at].rstrip(_BETWEEN)


def has_cue_before(text: str, at: int, cues: tuple[str, ...]) -> bool:
    """Whether one of `cues` stands right before `at`."""
    return words_before(text, at).endswith(cues)


def any_of(*words: str) -> re.Pattern[str]:
    """A pattern that finds any of the literal words."""
    return re.compile("|".join(map(re.escape, words)))


def has_cue_near(text: str, start: int, end: int, cues: re.Pattern[str]) -> bool:
    """Whether one of `cues` stands within 14 characters before or 7 after."""
    return cues.search(text, max(0, start - _REACH), end + _REACH // 2) is not None


def names_a_code(text: str, at: int) -> bool:
    """Whether the words right before say order, parcel or goods number."""
    before = words_before(text, at)
    if before[-1:] not in _LAST_CHARACTERS:
        return False
    return before.endswith(_NOT_PERSONAL) and not before.endswith(_DOCUMENT_NUMBERS)


def names_an_order(text: str, at: int) -> bool:
    """Whether the words right before say order number."""
    before = words_before(text, at)
    return before.endswith(ORDER_CUES) and not before.endswith(_DOCUMENT_NUMBERS)


def letters_before(text: str, at: int) -> str:
    """The Latin letters that touch `at` from the left."""
    start = at
    while start and "a" <= text[start - 1] <= "z":
        start -= 1
    return text[start:at]


def letters_after(text: str, at: int) -> str:
    """The Latin letters that touch `at` from the right."""
    end = at
    while end < len(text) and "a" <= text[end] <= "z":
        end += 1
    return text[at:end]
