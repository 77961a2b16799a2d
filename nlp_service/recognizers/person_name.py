"""Names of people, by cue only: 收件人:张三, 姓名 李晓明, 我叫王芳, 欧阳娜娜女士.

A family name from the list and one or two Han characters; where the name ends is told by the next
sign, digit or form word (电话, 地址, 先生 …). Surname and title alone (张先生) is a form of
address, not a name. Minority names with a dot (买买提·艾力) count after a strong cue.
Refuses: goods and nicknames (叫小白鞋, 小姐姐), titles (王经理), words that begin like a name.
"""

import re

from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.lists import words
from nlp_service.recognizers.reading import Reading

KIND = "person_name"
_COMMON = words("surnames", "common")
_WORDLIKE = words("surnames", "wordlike")
_COMPOUND = words("surnames", "compound")
_GATE = re.compile(
    r"收[件货]人|姓名|联系人|户名|开户名|先生|女士|小姐|叫|名字|寄件人|机主|持卡人|本人|太太|收款人|买家|顾客|客户|同志"
)
_SIGNS = r"[\s:=,、是为()\[\]【】<>\"'“”~\-—]{0,4}"
_CUE = re.compile(
    rf"(?P<strong>(?:收[件货]人(?:姓名|名字|叫)?|姓名|真名|联系人|开?户名|寄件人|机主|持卡人|收款人|全名|名字叫?){_SIGNS})"
    r"|(?P<called>(?:我|他|她|本人|师傅|快递员|儿子|女儿|孩子|老板|老公|老婆|顾客|买家|客户|店长|同事|朋友)"
    rf"(?:叫|名叫|就?是叫){_SIGNS})"
    r"|(?P<buyer>(?:买家|顾客|客户|那位|上一位)[: ]?(?=[一-鿿]{2,4}(?:的|,|:|$)))"
    r"|(?P<title>先生|女士|小姐(?!姐)|太太|同志)"
)
# What may follow a name directly.
_AFTER = (
    "电话", "手机", "地址", "收", "先生", "女士", "小姐", "的", "您", "亲", "身份", "卡号",
    "号码", "吗", "是", "在", "对", "联系", "微信", "老师", "师傅", "住", "开户", "账", "银行",
    "订", "请", "和", "这", "那", "就", "来", "去", "给", "说", "会", "上门", "哈", "哦", "呢",
    "啊", "吧", "呀", "今", "明天", "下午", "上午", "已",
)  # fmt: skip
_BEFORE_TITLED = "给叫找是请的和与由系,。:;!? 、()【】[]亲属\n"
# Second characters that make a word of the surname, not a name.
_NOT_GIVEN = frozenset(
    "个的是了不吗呢吧啊我你您他她们这那哪有在也都就和与或么什请叫收件货号码姓名电话联系"
)
_WORDS = words("name_words")
_DOTTED = re.compile(r"[一-鿿]{2,6}·[一-鿿]{2,8}")


def find(reading: Reading) -> list[Hit]:
    """Names; the value is the name without title."""
    text = reading.text
    if not _GATE.search(text):
        return []
    return [hit for match in _CUE.finditer(text) if (hit := _hit(text, match))]


def _hit(text: str, match: re.Match[str]) -> Hit | None:
    if match.lastgroup == "title":
        return _titled(text, match.start())
    return _named(text, match.end(), match.lastgroup == "strong")


def _named(text: str, start: int, strong: bool) -> Hit | None:
    """A name that begins at `start`, right after its cue."""
    if strong and (dotted := _DOTTED.match(text, start)):
        return Hit(KIND, start, dotted.end(), dotted[0], 0.85, rank=Rank.NAMED)
    # 收货人和手机号: a word-like surname needs a sign between cue and name.
    signed = not _are_han(text[start - 1 : start], 1) or text[start - 1] in "是为"
    size = _surname_size(text, start, strong and signed)
    if size == 0:
        return None
    end = _end(text, start + size, strong)
    name = text[start:end] if end else ""
    if end is None or not _is_name(name, size):
        return None
    return Hit(KIND, start, end, name, 0.9 if strong else 0.75, rank=Rank.NAMED)


def _surname_size(text: str, start: int, strong: bool) -> int:
    if text[start : start + 2] in _COMPOUND:
        return 2
    one = text[start : start + 1]
    return 1 if one in _COMMON or (strong and one in _WORDLIKE) else 0


def _end(text: str, given: int, strong: bool) -> int | None:
    """Where the given name ends: before a sign or a form word; else after two if sure."""
    for size in (1, 2):
        end = given + size
        if not _are_han(text[given:end], size):
            return None
        if not _are_han(text[end : end + 1], 1) or text.startswith(_AFTER, end):
            return end
    return given + 2 if strong else None


def _are_han(part: str, size: int) -> bool:
    return len(part) == size and all("一" <= character <= "鿿" for character in part)


def _is_name(name: str, surname_size: int) -> bool:
    given = name[surname_size:]
    if not given or given[0] in _NOT_GIVEN or given[-1] in _NOT_GIVEN:
        return False
    return (
        name[:2] not in _WORDS
        and name not in _WORDS
        and given not in ("先生", "女士", "小姐", "经理")
    )


def _titled(text: str, title: int) -> Hit | None:
    """Surname and given name before 先生 or 女士; what stands before must not be part of it."""
    for size in (4, 3, 2):
        start = title - size
        name = text[max(start, 0) : title]
        if start < 0 or not _are_han(name, size):
            continue
        surname = 2 if name[:2] in _COMPOUND else 1
        if size - surname not in (1, 2) or not (surname == 2 or name[0] in _COMMON | _WORDLIKE):
            continue
        if _starts_cleanly(text, start) and _is_name(name, surname):
            return Hit(KIND, start, title, name, 0.8, rank=Rank.NAMED)
    return None


def _starts_cleanly(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] in _BEFORE_TITLED or not _are_han(text[start - 1], 1)
