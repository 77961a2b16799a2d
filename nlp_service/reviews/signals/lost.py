"""Words of a parcel that never came: 没收到货, 包裹影子都没见到, 丢件了.

Only the goods themselves, and all of them: a gift, a part, an empty box, an invoice, an answer or a
refund is another matter, and so is a fear, a question, hearsay and the time before they came.
"""

from collections.abc import Iterator

import re2

from nlp_service.domain import Review
from nlp_service.reviews.signals.claim_context import NEAR, sentence, sides
from nlp_service.reviews.view import ReviewView

_GOODS = r"(?:包裹|快递|货物|货|东西|宝贝|商品|物件|实物|件)"
_NEVER = re2.compile(
    r"(?:没|未|没有|收不|一直没|还没|从没)(?:有)?(?:收到|到货|到手|送到|送达|拿到货|见到货)"
    rf"|(?:没|未)(?:有)?(?:见到|见着|看到|看见|拿到|等到)过?(?:我的)?{_GOODS}"
    rf"|{_GOODS}(?:都|也|还|根本|压根|就|一直|到现在|至今|是|愣是|始终|完全)*(?:没|未)(?:有)?(?:见到|见着|看到|看见|到|送来|送到|收到|寄到|来)"
    rf"|(?:影子?儿?|毛|面儿?)(?:都|也)(?:没|未)(?:有)?(?:见|看|收)(?:到|着|见|过)?"
)
_NAMED = re2.compile(rf"{_GOODS}|产品")
_OF_GOODS = re2.compile(rf"{_GOODS}(?:的|连|个|毛|都|也)*$")
_LOST = re2.compile(
    r"(?:丢件|丢包)了|(?:包裹|快递|货|件)(?:被|都|又|给|在路上|半路)*(?:弄|寄|搞|送)?丢了"
    rf"|{_GOODS}[^,。!?]{{0,4}}(?:石沉大海|不知所踪|下落不明|不见踪影|没影了|人间蒸发|失踪|杳无音[信讯])"
)
_PLAIN = re2.compile(
    rf"^(?:过|了|呢|啊|呀|哦)*(?:一根|我的|这个|任何)?(?:{_GOODS}|产品)?(?:[,。!?…~;:\s]|$|怎么|也|都|就|已经|骗|却|但|让|叫|钱|呢|啊|呀|哦|了)"
)
_NOT_YET = re2.compile(
    rf"^{_GOODS}?(?:之?前|以前|的时候|时|就(?:降|跌|掉|便宜|看)|第二天|当天|的那)"
)
_NOT_SAID = re2.compile(
    r"有$|差点|险些|以为|怕|如果|要是|万一|幸好|好在|听说|据说|别人|朋友|同事|有人|很多人|一起|附|退款|会员|评论|说(?:他|她|自己|是|还|一直|我)?$|说$|赠|礼|发票|上次|另|其中|还有|少了|配件|补寄|螺丝|零件|一[件个双盒袋本]|[两三几]件"
)


# 没收到 alone is of the goods where nobody else and nothing else is named.
_BARE = re2.compile(
    r"^(?:我|俺|本人|老子|这个|这单|订单|那|都|也|就|根本|压根儿?|一直|到现在|到今天|至今|现在|居然|竟然|明明|真的|完全|始终|从来|今天|今日|还|还是|怎么|为什么|"
    r"反正|可是?|连根?|个|钱付了|钱花了|连|等了|过了|买了|快|[\d一二两三四五六七八九十几半多]+个?多?(?:天|周|星期|礼拜|月)了?|了)*$"
)
_SIDE_THING = re2.compile(
    r"补寄|螺丝|零件|赠|送的|附送|发票|礼|会员|配件|退款|换货|证书|优惠|返现|活动"
)
# "还没收到货就降价了", "货没到,客服就催好评": it came later.
_THEN_CHEAPER = re2.compile(r"^.{0,12}(?:降|便宜|掉价|跌|就(?:催|让|叫|要|喊)|好评)")
# Some of it came, or a box with nothing in it.
_PARTLY = re2.compile(
    r"只剩|剩下|剩的|一半|半箱|部分|丢了[一二两三四五六七八九十几半\d]|箱子|盒子|盒里|打开|拆开|拆完|拆包|里面|里头|空的|一张纸|主机"
)
_OF_PARTS = re2.compile(r"(?:配|零|附|部|文|证|小|三|两|几|一)$")


def claims(review: Review, view: ReviewView) -> Iterator[tuple[int, int]]:
    """Half-open places in the normalised text where the goods are said never to have come."""
    may_be_bare = _SIDE_THING.search(view.text) is None
    for match in _NEVER.finditer(view.text):
        start, end = match.span()
        is_goods = _is_of_goods(review, view, (start, end), may_be_bare=may_be_bare)
        if is_goods and _is_said(view, start, end):
            yield start, end
    for match in _LOST.finditer(view.text):
        start, end = match.span()
        if not _OF_PARTS.search(view.text[max(start - 1, 0) : start]) and _is_said(
            view, start, end
        ):
            yield start, end


def is_mentioned(text: str) -> bool:
    """Whether anything at all is said not to have come; excuses, and never accuses."""
    return _NEVER.search(text) is not None or _LOST.search(text) is not None


def _is_of_goods(
    review: Review, view: ReviewView, place: tuple[int, int], *, may_be_bare: bool
) -> bool:
    start, end = place
    rest = view.text[end : end + NEAR]
    if any(other.search(rest) for other in (_NOT_YET, _THEN_CHEAPER)):
        return False
    if _is_in_title(review, rest):
        return True
    before, _ = sides(view, start, end)
    is_named = _NAMED.search(view.text[start:end] + rest[:4]) or _OF_GOODS.search(before)
    is_bare = may_be_bare and _BARE.search(before) is not None
    return bool((is_named or is_bare) and _PLAIN.search(rest))


def _is_in_title(review: Review, rest: str) -> bool:
    """没收到裙子, where a skirt was bought."""
    named = rest.removeprefix("我的")[:2]
    return len(named) == len("裙子") and named in (review.item_title or "")


def _is_said(view: ReviewView, start: int, end: int) -> bool:
    before, _ = sides(view, start, end)
    told, rest = sentence(view, start, end)
    if _PARTLY.search(told + view.text[start:end] + rest):
        return False
    return not _NOT_SAID.search(before)
