"""Whose claim it is: what stands around a claimed time or price in its clause and its sentence.

A plan (打算用一个冬天), a promise (说能用三年), hearsay (朋友用了半年, 师傅说), a forecast
(迟早要坏), another item (那双穿了三年, 我的车开了三年), a question, and praise of what lasted
(用了三年都没坏) are no claims about this order. In doubt it is none.

Only so many characters on either side are read: the cost of a claim does not grow with the text.
"""

from bisect import bisect_left, bisect_right

import re2

from nlp_service.reviews.clauses import Clause
from nlp_service.reviews.view import ReviewView

NEAR = 40  # characters read on either side of a claim for its clause; few clauses are longer
_FAR = 80  # ... and for its sentence

# Within the clause of the claim.
_UNREAL = re2.compile(
    r"打算|准备|计划|估计|预计|应该|要是|如果|假如|万一|希望|本来|原本|以为|号称|宣传|承诺|保证|说好|说是|说能|说可以|"
    r"说要|至少|起码|将来|以后|怕|最多|顶多|恨不得|差点|险些|像|仿佛|(?:能|可以|可|要|会|够|得|想|才能|不能|没法)$"
)
_HEARSAY = re2.compile(
    r"听(?:人|别人|朋友|邻居)?说|据说|有人|很多人|别人|人家|大家|网友|评论|朋友|同事|邻居|亲戚|闺蜜|同学|室友|舍友|他们?说|她说|"
    r"(?:妈|爸|老公|老婆|媳妇|婆婆|爷爷|奶奶|姐|哥|弟|妹|家人|家里人|全家)(?:自己|一直|说|都|也)*$"
)
_OTHER_ITEM = re2.compile(
    r"那(?:个|双|件|条|款|台|只|把|瓶|套|床|次|家)|旧|老款|老的|前一|头(?:一|两|几)|别的?家|别处|其他|另|牌|系列|专柜|实体店|超市|淘到|"
    r"比|不如|同样|同价|一样"
)
_LASTED = re2.compile(
    r"^.{0,4}(?:都|也|还|一直|从)(?:没|未|不(?:坏|掉|起|变|褪|断|漏)|好好|挺好|很好|好用|不错|能用|在用|可以|很新|跟新)|"
    r"^.{0,3}(?:没|无)(?:有)?(?:任何|啥|什么|一点)?(?:问题|毛病|坏|故障)|^.{0,2}才(?:坏|换|断|掉|开|出)"
)
_ASKED = re2.compile(r"吗|会不会|是不是|有没有|能不能|正常|多久")
_STOP = re2.compile(r"[。!?\n]")
# Within its sentence, before the claim.
_STORY = re2.compile(r"朋友|同事|邻居|亲戚|闺蜜|同学|别人|人家|去年|前年")
# Anywhere in its sentence: forecasts, generalities, what others say, the age of a child or pet.
_NOT_LIVED = re2.compile(
    r"信不信|打赌|敢说|迟早|早晚|肯定|估计|预计|目测|感觉|看着|看起来|看样子|一看|我看|照这|按这|照着|照此|这样下去|不稀奇|才怪|"
    r"不奇怪|正常|怪不得|难怪|节奏|货色|好意思|见多|必|说不定|恐怕|可能|也许|大概率|要不了|撑不|顶多|最多|"
    r"说明书|包装上|写着?的|质检|检测|师傅|专家|医生|网上|网友|人说|都说|说是|说的|说这|说,|客服[::说]|老板说|卖家说|商家说|店家说|"
    r"听说|据说|评论|评价里|差评都|大家都|大家说|别人|人家|有人|很多人|这种|这类|此类|这做工|这价|吧(?:[,。!?…~;\s]|$)|"
    r"宝宝|宝贝儿|孩子|娃|小孩|儿子|女儿|闺女|婴儿|新生儿|猫|狗|怀孕|孕|大的时候|旧的"
)
# Before the verb of use in its clause nothing but these: any noun may be another thing's name.
_OWN_SUBJECT = re2.compile(
    r"^(?:我|俺|咱|们|本人|老子|自己|这(?:个|款|台|双|件|条|东西|玩意儿?)?|它|东西|才|就|刚|也|都|总共|一共|已经?|只|仅|大概|差不多|"
    r"实际|真的?|结果|但|是|可|不过|然而|而且|另外|可惜|除了|到货|到手|收到|拿到|拿回|买来|买回来?|买了|回来|回家|到家|之?后|以后|连续|连着|坚持|天天|每天|了|\s)*$"
)
# "手机用了两年,买个壳": what was bought is named only afterwards.
_THEN_BOUGHT = re2.compile(
    r"买(?:的|了|来|回来?)?(?:这|你|个|一[个台双件条款块])|换(?:了|上|这|个|成|一|新|电|你|装)|配件|空瓶|我这|这(?:台|个|块|款|次|回|双|件|条|家)|新买|新的|第一天|头一天|"
    r"[一两二三四五几\d]天(?:就|又|便)|一[用穿戴装抹]"
)


def is_own_claim(view: ReviewView, start: int, end: int) -> bool:
    """Whether `[start, end)` of the normalised text tells what befell this buyer with this item."""
    before, after = sides(view, start, end)
    if any(other.search(before) for other in (_UNREAL, _HEARSAY, _OTHER_ITEM)):
        return False
    if _STORY.search(sentence(view, start, end)[0]):
        return False
    return not (_LASTED.search(after) or _ASKED.search(before + after))


def is_lived(view: ReviewView, start: int, end: int) -> bool:
    """Whether a time of use, besides being the buyer's own, was lived through with this item."""
    before, _ = sides(view, start, end)
    if not _OWN_SUBJECT.search(before) or _THEN_BOUGHT.search(view.text[end : end + _FAR]):
        return False
    told, rest = sentence(view, start, end)
    if _NOT_LIVED.search(told + view.text[start:end] + rest):
        return False
    return is_own_claim(view, start, end)


def sides(view: ReviewView, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a stretch in the clauses that it touches, `NEAR` at most."""
    clauses = view.clauses
    first = bisect_right(clauses, start, key=_end)
    last = bisect_left(clauses, end, key=_start) - 1
    begin = min(clauses[first].start, start) if first <= last else start
    stop = max(clauses[last].end, end) if first <= last else end
    return view.text[max(begin, start - NEAR) : start], view.text[end : min(stop, end + NEAR)]


def sentence(view: ReviewView, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a stretch in its sentence, at most 80 characters each."""
    before = _STOP.split(view.text[max(start - _FAR, 0) : start])[-1]
    return before, _STOP.split(view.text[end : end + _FAR])[0]


def _start(clause: Clause) -> int:
    return clause.start


def _end(clause: Clause) -> int:
    return clause.end
