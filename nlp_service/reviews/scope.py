"""Whether a phrase is really claimed: not denied, not only feared, not told of another item.

    text --one pass--> words of worry, of other items, of questions --> asked clause by clause

Each test looks at the clause around the phrase: 没漏电 and 异味倒是没有 are denials, 担心起火 and
会不会漏电 are worries, 之前那个牌子过敏 and 听说会爆炸 are about something else.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import product

import ahocorasick
import re2

from nlp_service.reviews.clauses import Clause

_FILLER = (
    r"任何|什么|一点|半点|丝毫|出现|发现|发生|感觉|闻到|遇到|看到|见到|觉得|有|过|到|被|再|怎么|那种|太|很|是|"
    r"啥|会|明显|严重|大的|的"
)
_DENIED = re2.compile(rf"(?:没|没有|无|未|不|毫无|并无|从未|从不)(?:{_FILLER})*$")
_DENIED_CHARS = 10  # how far before the phrase its negation may stand
_NEGATIONS = frozenset("没无未不")  # every denial before a phrase has one
_DENIED_AFTER = re2.compile(
    r"^(?:的)?(?:现象|问题|情况|味道|味|感觉|之类的|什么的|啥的)*(?:倒是|是|也|都|完全|根本|绝对)*(?:没有|不存在|没发生|没出现|没闻到)$"
)
_ENDS_DENYING = ("没有", "不存在", "没发生", "没出现", "没闻到")
_ENDS_ASKING = ("吗", "么", "嘛")
_ASKED_CHARS = 7  # of a question's end, the particle included

_EITHER, _FEARED, _ELSEWHERE = "either", "feared", "elsewhere"
_FEAR, _NO_FEAR = "怕", ("可怕", "哪怕", "恐怕")


def _listed(words: str) -> list[str]:
    return words.split()


# A question denies nothing.
_EITHER_WORDS = _listed("会不会 有没有 是不是 能不能 要不要 可不可以")
# Of fear, of prevention (以防, 预防, 谨防) and of conditions.
_FEARED_WORDS = _listed(
    "担心 担忧 害怕 生怕 万一 会不会 能不能 有没有 是否 以为 防 避免 杜绝 如果 要是 假如 假设 若是 "
    "倘若 不知道会 不知会 不用担 希望别 希望不 千万别 不要 免得 省得"
)
_SAW = _listed("看 看到 看有 看到有")
_ELSEWHERE_WORDS = _listed(
    "之前那 之前用 之前买的别 之前的那 之前家 以前那 以前用的 以前的那 以前的老 以前家 原来那 "
    "原来的那 原来用 原来家 上一个 前一个 旧的那 老的那 别家 别的 别人家 人家 其他家 其他牌 其他店 "
    "其他的 其它 隔壁 网上说 网上有 网上看 有人说 听说 据说 新闻 都说 本来就 一直有 天生 本身就"
)
_ELSEWHERE_WORDS += map("".join, product(_SAW, _listed("评论 评价 差评 别人")))
_WORDS = {_EITHER: _EITHER_WORDS, _FEARED: _FEARED_WORDS, _ELSEWHERE: _ELSEWHERE_WORDS}


class Scope:
    """Asks what stands around phrases of one text, which is searched once for all of them."""

    def __init__(self, text: str) -> None:
        self._text = text

    def is_claimed(self, clause: Clause, start: int, end: int) -> bool:
        """Whether `[start, end)` of the text, inside `clause`, is the reviewer's own claim."""
        return not (
            self.is_denied(clause, start, end)
            or self._is_feared(clause, start)
            or self._stands_before(_ELSEWHERE, clause, start)
            or self._is_asked(clause, end)
        )

    def is_denied(self, clause: Clause, start: int, end: int) -> bool:
        """Whether a negation stands right before the phrase or ends the clause after it."""
        text = self._text
        before = text[max(clause.start, start - _DENIED_CHARS) : start]
        if (
            not _NEGATIONS.isdisjoint(before)
            and _DENIED.search(before)
            and not self._stands_before(_EITHER, clause, start)
        ):
            return True
        if not text.endswith(_ENDS_DENYING, end, clause.end):
            return False
        return _DENIED_AFTER.search(text[end : clause.end]) is not None

    def _is_feared(self, clause: Clause, start: int) -> bool:
        if self._stands_before(_FEARED, clause, start):
            return True
        return clause.start < start and self._text.startswith(_FEAR, clause.start)

    def _is_asked(self, clause: Clause, end: int) -> bool:
        text = self._text
        if clause.end - end > _ASKED_CHARS or not text.endswith(_ENDS_ASKING, end, clause.end):
            return False
        return "\n" not in text[end : clause.end]

    def _stands_before(self, kind: str, clause: Clause, start: int) -> bool:
        """Whether a word of `kind` stands whole between the clause's begin and `start`."""
        ends, latest = self._places[kind]
        at = bisect_right(ends, start) - 1
        return at >= 0 and latest[at] >= clause.start

    @cached_property
    def _places(self) -> dict[str, tuple[list[int], list[int]]]:
        """By kind: where its words end, in order, and the latest begin of a word up to there."""
        places: dict[str, tuple[list[int], list[int]]] = {kind: ([], []) for kind in _WORDS}
        for start, end, kinds in _found(self._text):
            for kind in kinds:
                ends, latest = places[kind]
                ends.append(end)
                latest.append(max(start, latest[-1]) if latest else start)
        return places


def _found(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for last, (size, kinds) in _automaton().iter(text):
        start = last + 1 - size
        if size > 1 or text[start] != _FEAR or text[max(0, start - 1) : last + 1] not in _NO_FEAR:
            yield start, last + 1, kinds


@lru_cache(maxsize=1)
def _automaton() -> "ahocorasick.Automaton":
    kinds: dict[str, tuple[str, ...]] = {_FEAR: (_FEARED,)}
    for kind, words in _WORDS.items():
        for word in words:
            kinds[word] = (*kinds.get(word, ()), kind)
    automaton = ahocorasick.Automaton()
    for word, of in kinds.items():
        automaton.add_word(word, (len(word), of))
    automaton.make_automaton()
    return automaton
