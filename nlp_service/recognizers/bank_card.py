"""Bank cards: issuer prefix, length and Luhn check (ISO/IEC 7812-1).

A 62… number (UnionPay, 16-19 digits) that passes the check is a card wherever it stands. Others
(Visa 4, Mastercard 51-55 and 2221-2720, JCB 35, Amex 34/37, Diners 36/38) need one thing more: a
mainland issuer prefix (data/card_bins.txt), groups of four, or a cue; without it one order number
in seventy would be taken for a card. A failed check is reported, unverified, only where the words
before name a bank card.
"""

from nlp_service.recognizers.checksums import luhn_holds
from nlp_service.recognizers.context import any_of, has_cue_before, has_cue_near, names_a_code
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.lists import words
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Piece, Reading

KIND = "bank_card"
_ISSUERS = words("card_bins")
_LENGTHS = frozenset(range(14, 20))
_CUES = any_of(
    "卡号", "银行", "储蓄卡", "信用卡", "借记卡", "开户", "打款", "转账", "汇款", "户名", "账号",
    "账户", "工行", "农行", "建行", "中行", "招行", "交行", "收款", "visa", "mastercard", "card",
    "打到", "退到",
)  # fmt: skip
_CARD_WORDS = ("卡号", "银行卡", "储蓄卡", "信用卡", "借记卡", "银行账号", "银行账户", "银行卡号")
_ACCOUNT_WORDS = ("账号", "账户", "卡", "支行", "银行")
_BANKS = ("工行", "农行", "建行", "中行", "招行", "交行")
_NAMED_BY = (
    *(stem + tail for stem in _CARD_WORDS for tail in ("", "号", "号码")),
    *_ACCOUNT_WORDS,
    *_BANKS,
)
# Cards of shops and games carry numbers too.
_OTHER_CARDS = any_of(
    "会员卡", "礼品卡", "充值卡", "点卡", "购物卡", "卡密", "储值卡", "电话卡", "流量卡"
)


def find(reading: Reading) -> list[Hit]:
    """Card numbers, written together or in groups; the value is the digits."""
    if reading.most_digits < 14:
        return []
    text = reading.text
    return [hit for piece in reading.pieces(_LENGTHS) if (hit := _hit(text, piece))]


def _hit(text: str, piece: Piece) -> Hit | None:
    if not _is_grouped_like_a_card(piece.shape) or not _is_bounded(text, piece):
        return None
    if not _has_network(piece.digits) or names_a_code(text, piece.start):
        return None
    if luhn_holds(piece.digits):
        return _checked(text, piece)
    return _unchecked(text, piece)


def _checked(text: str, piece: Piece) -> Hit | None:
    named = has_cue_before(text, piece.start, _NAMED_BY)
    cued = named or has_cue_near(text, piece.start, piece.end, _CUES)
    if not (cued or len(piece.shape) > 2 or _is_known(piece.digits)):
        return None
    rank = Rank.NAMED if named else Rank.PATTERN
    return Hit(KIND, piece.start, piece.end, piece.digits, 0.98 if cued else 0.85, True, rank)


def _unchecked(text: str, piece: Piece) -> Hit | None:
    """A mistyped card: only 16 or 19 digits, named as a bank card, not a shop's card."""
    if len(piece.digits) not in (16, 19) or has_cue_near(
        text, piece.start, piece.end, _OTHER_CARDS
    ):
        return None
    if not has_cue_before(text, piece.start, _NAMED_BY):
        return None
    return Hit(KIND, piece.start, piece.end, piece.digits, 0.6, rank=Rank.NAMED)


def _is_bounded(text: str, piece: Piece) -> bool:
    if text[piece.end : piece.end + 1] in LATIN_OR_DIGIT:
        return False
    if text[piece.start - 1 : piece.start] in LATIN_OR_DIGIT:
        return False
    chain = piece.chain
    # In a chain of several numbers, a card begins or ends it.
    return len(piece.shape) == 1 or piece.start == chain.start or piece.end == chain.end


def _is_grouped_like_a_card(shape: tuple[int, ...]) -> bool:
    """One piece, groups of four (the last may be shorter), 6 + rest, 4-6-5, or digit by digit."""
    if len(shape) == 1 or shape == (4, 6, 5) or set(shape) == {1}:
        return True
    if len(shape) == 2:
        return shape[0] in (4, 6, 8)
    return (set(shape[:-1]) == {4} and shape[-1] <= 4) or shape in (
        (6, 6, 7),
        (6, 4, 4, 5),
        (6, 4, 6),
    )


def _is_known(digits: str) -> bool:
    return _is_unionpay(digits) or _is_old_debit(digits) or digits[:6] in _ISSUERS


def _is_unionpay(digits: str) -> bool:
    return digits.startswith("62") and len(digits) >= 16


def _is_old_debit(digits: str) -> bool:
    return len(digits) == 19 and digits.startswith(("9558", "9559"))


def _has_network(digits: str) -> bool:
    size, two = len(digits), digits[:2]
    if size == 14:
        return two in ("36", "38", "39") or digits[:3] in ("300", "301", "302", "303", "304", "305")
    if size == 15:
        return two in ("34", "37")
    if size == 16:
        return two in ("62", "51", "52", "53", "54", "55", "35", "60") or _is_visa_or_new(digits)
    return two == "62" or _is_old_debit(digits)


def _is_visa_or_new(digits: str) -> bool:
    return digits[0] == "4" or "2221" <= digits[:4] <= "2720"
