"""Whether a phrase is really claimed: not denied, not only feared, not told of another item.

Each test looks at the clause around the phrase: 没漏电 and 异味倒是没有 are denials, 担心起火 and
会不会漏电 are worries, 之前那个牌子过敏 and 听说会爆炸 are about something else.
"""

import re2

from nlp_service.reviews.clauses import Clause

_FILLER = (
    r"任何|什么|一点|半点|丝毫|出现|发现|发生|感觉|闻到|遇到|看到|见到|觉得|有|过|到|被|再|怎么|那种|太|很|是|"
    r"啥|会|明显|严重|大的|的"
)
_DENIED = re2.compile(rf"(?:没|没有|无|未|不|毫无|并无|从未|从不)(?:{_FILLER})*$")
# 不但漏电, 动不动就, 不是……就是: these open with 不 and deny nothing.
_EITHER = re2.compile(r"(?:会不会|有没有|是不是|能不能|要不要|可不可以)")  # asks, denies nothing
_DENIED_AFTER = re2.compile(
    r"^(?:的)?(?:现象|问题|情况|味道|味|感觉|之类的|什么的|啥的)*(?:倒是|是|也|都|完全|根本|绝对)*(?:没有|不存在|没发生|没出现|没闻到)$"
)
_FEARED = re2.compile(
    r"(?:(?:^|[^可哪恐])怕|担心|担忧|害怕|万一|会不会|能不能|有没有|是否|以为|生怕|以防|防止|防|避免|预防|谨防|杜绝|"
    r"如果|要是|假如|假设|若是|倘若|不知道会|不知会|不用担|希望别|希望不|千万别|不要|免得|省得)"
)
_ASKED_AFTER = re2.compile(r"^(?:.{0,6})(?:吗|么|嘛)$")
_ELSEWHERE = re2.compile(
    r"(?:之前(?:那|用|买的别|的那|家)|以前(?:那|用的|的那|的老|家)|原来(?:那|的那|用|家)|上一个|前一个|旧的那|老的那|"
    r"别家|别的|别人家|人家|其他(?:家|牌|店|的)|其它|隔壁|网上(?:说|有|看)|看(?:到)?(?:有)?(?:评论|评价|差评|别人)|有人说|"
    r"听说|据说|新闻|都说|本来就|一直有|天生|本身就)"
)


def is_claimed(text: str, clause: Clause, start: int, end: int) -> bool:
    """Whether `text[start:end]` inside `clause` stands as the reviewer's own claim."""
    before, after = text[clause.start : start], text[end : clause.end]
    return not (
        is_denied(text, clause, start, end)
        or _FEARED.search(before)
        or _ELSEWHERE.search(before)
        or _ASKED_AFTER.search(after)
    )


def is_denied(text: str, clause: Clause, start: int, end: int) -> bool:
    """Whether a negation stands right before the phrase or ends the clause after it."""
    before, after = text[clause.start : start], text[end : clause.end]
    is_before = _DENIED.search(before[-10:]) and not _EITHER.search(before)
    return bool(is_before or _DENIED_AFTER.search(after))
