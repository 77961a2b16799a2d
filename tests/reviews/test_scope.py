"""What stands around a phrase: the one-pass answer is that of patterns searched word by word."""

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp_service.reviews.clauses import Clause, by_clause, clauses
from nlp_service.reviews.scope import Scope

# The rules as patterns over the words before and after a phrase: the specification.
_FEARED = re2.compile(
    r"(?:(?:^|[^可哪恐])怕|担心|担忧|害怕|万一|会不会|能不能|有没有|是否|以为|生怕|以防|防止|防|避免|预防|谨防|杜绝|"
    r"如果|要是|假如|假设|若是|倘若|不知道会|不知会|不用担|希望别|希望不|千万别|不要|免得|省得)"
)
_ELSEWHERE = re2.compile(
    r"(?:之前(?:那|用|买的别|的那|家)|以前(?:那|用的|的那|的老|家)|原来(?:那|的那|用|家)|上一个|前一个|旧的那|老的那|"
    r"别家|别的|别人家|人家|其他(?:家|牌|店|的)|其它|隔壁|网上(?:说|有|看)|看(?:到)?(?:有)?(?:评论|评价|差评|别人)|有人说|"
    r"听说|据说|新闻|都说|本来就|一直有|天生|本身就)"
)
_ASKED_AFTER = re2.compile(r"^(?:.{0,6})(?:吗|么|嘛)$")
_EITHER = re2.compile(r"(?:会不会|有没有|是不是|能不能|要不要|可不可以)")
_FILLER = (
    r"任何|什么|一点|半点|丝毫|出现|发现|发生|感觉|闻到|遇到|看到|见到|觉得|有|过|到|被|再|怎么|那种|太|很|是|"
    r"啥|会|明显|严重|大的|的"
)
_DENIED = re2.compile(rf"(?:没|没有|无|未|不|毫无|并无|从未|从不)(?:{_FILLER})*$")
_WORDS = (
    "怕|可怕|哪怕|恐怕|害怕|担心|会不会|有没有|没有|没|不|不要|防|如果|之前|之前那|的那|家|以前|看到|有|评论|"
    "听说|都说|别的|人家|吗|么|是不是|可不可以|从未|太|很|是|的|货|,|\n|1|但是|漏电|不存在|没发现|现象|倒是"
)
_TEXT = st.lists(st.sampled_from(_WORDS.split("|")), max_size=14).map("".join)


def _claimed(text: str, clause: Clause, start: int, end: int) -> bool:
    before, after = text[clause.start : start], text[end : clause.end]
    elsewhere = _FEARED.search(before) or _ELSEWHERE.search(before) or _ASKED_AFTER.search(after)
    return not (_denied(text, clause, start, end) or elsewhere)


def _denied(text: str, clause: Clause, start: int, end: int) -> bool:
    before, after = text[clause.start : start], text[end : clause.end]
    after_it = re2.search(
        r"^(?:的)?(?:现象|问题|情况|味道|味|感觉|之类的|什么的|啥的)*(?:倒是|是|也|都|完全|根本|绝对)*(?:没有|不存在|没发生|没出现|没闻到)$",
        after,
    )
    return bool((_DENIED.search(before[-10:]) and not _EITHER.search(before)) or after_it)


@settings(deadline=None)
@given(_TEXT, st.data())
def test_scope_is_that_of_the_patterns(text: str, data: st.DataObject) -> None:
    scope = Scope(text)
    for clause in clauses(text) or [Clause(0, len(text))]:
        start = data.draw(st.integers(clause.start, clause.end))
        end = data.draw(st.integers(start, clause.end))
        assert scope.is_denied(clause, start, end) == _denied(text, clause, start, end)
        assert scope.is_claimed(clause, start, end) == _claimed(text, clause, start, end)


def test_words_of_another_clause_do_not_count() -> None:
    text = "担心,漏电"
    assert Scope(text).is_claimed(Clause(3, 5), 3, 5)
    assert not Scope("担心漏电").is_claimed(Clause(0, 4), 2, 4)


_BREAK = re2.compile(r"[。!?;,~、…:\n\t ]+|[.]{2,}|[.]$")
_TURN = re2.compile(r"(?:但是|但|不过|可是|然而|就是|只是|而且|另外|可惜|结果|除了)")


def _plain_clauses(text: str) -> list[tuple[int, int]]:
    found, start = [], 0
    ends = [(match.start(), match.end()) for match in _BREAK.finditer(text)]
    for first, last in [*ends, (len(text), len(text))]:
        inside = first > 0 and last < len(text)
        if inside and text[first - 1].isdigit() and text[last].isdigit():
            continue
        cut = start
        for match in _TURN.finditer(text[start:first]):
            if start + match.start() - cut >= 2:
                found.append((cut, start + match.start()))
                cut = start + match.start()
        found += [(cut, first)] if first > cut else []
        start = last
    return found


@settings(deadline=None)
@given(st.text("好不但是过就只.,。 \n1٣而且", max_size=24))
def test_clauses_are_cut_as_by_the_patterns(text: str) -> None:
    assert clauses(text) == _plain_clauses(text)


@settings(deadline=None)
@given(_TEXT)
def test_hits_are_given_to_the_clause_that_holds_them_whole(text: str) -> None:
    found = clauses(text)
    hits = [Clause(end - size, end) for end in range(3, len(text) + 1) for size in (3, 1)]
    got = [(clause, hit) for clause, some in by_clause(found, hits) for hit in some]
    assert got == [
        (clause, hit)
        for clause in found
        for hit in hits
        if clause.start <= hit.start and hit.end <= clause.end
    ]
