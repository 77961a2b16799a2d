"""Whose claim it is: what stands around a claimed time or price in its own clause.

A plan (打算用一个冬天), a promise (说能用三年), hearsay (朋友用了半年), another item (那双穿了
三年), a question, and praise of what lasted (用了三年都没坏) are no claims about this order.
"""

import re2

from nlp_service.reviews.view import ReviewView

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
_STORY = re2.compile(r"(?:朋友|同事|邻居|亲戚|闺蜜|同学|别人|人家)[^。!?]*$")
_LASTED = re2.compile(
    r"^.{0,4}(?:都|也|还|一直|从)(?:没|未|不(?:坏|掉|起|变|褪|断|漏)|好好|挺好|很好|好用|不错|能用|在用|可以|很新|跟新)|"
    r"^.{0,3}(?:没|无)(?:有)?(?:任何|啥|什么|一点)?(?:问题|毛病|坏|故障)|^.{0,2}才(?:坏|换|断|掉|开|出)"
)
_ASKED = re2.compile(r"吗|会不会|是不是|有没有|能不能|正常|多久")


def is_own_claim(view: ReviewView, start: int, end: int) -> bool:
    """Whether `[start, end)` of the normalised text tells what befell this buyer with this item."""
    before, after = sides(view, start, end)
    if any(other.search(before) for other in (_UNREAL, _HEARSAY, _OTHER_ITEM)):
        return False
    if _STORY.search(view.text[:start]):
        return False
    return not (_LASTED.search(after) or _ASKED.search(before + after))


def sides(view: ReviewView, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a stretch, as far as the clauses go that it touches."""
    touched = [c for c in view.clauses if c.start < end and start < c.end]
    first = min([c.start for c in touched], default=start)
    last = max([c.end for c in touched], default=end)
    return view.text[min(first, start) : start], view.text[end : max(last, end)]
