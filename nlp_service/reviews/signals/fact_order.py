"""fact.order 订单矛盾: a price far above the one paid.

fact.order.refund: a refund denied (一分钱都不退) days after the whole price went back.
fact.order.variant: a colour or size claimed that the ordered item's title contradicts.

The price is weak: a gift card or a bundle explains it. How many were bought is not in the order
that we get, nor the description that promised a grade of wear (说好99新): such a claim stays
unverifiable.
"""

import re2

from nlp_service.domain import Review, ReviewOrder, Signal
from nlp_service.reviews.signals import variants
from nlp_service.reviews.signals.claim_context import NEAR, is_own_claim, sides
from nlp_service.reviews.signals.claims import AMOUNT, Claim, days_between, read_amount
from nlp_service.reviews.signals.evidence import absent, found, missing
from nlp_service.reviews.view import ReviewView

CODE = "fact.order"
REFUND = "fact.order.refund"
VARIANT = "fact.order.variant"
_SPENT = re2.compile(
    rf"(?:花费|花|付|掏|砸)(?:了|我|掉|出|整整|足足|老子|本人|们|,)*{AMOUNT}(?P<unit>元|块|大洋|rmb|软妹币|人民币)?(?P<money>钱|大洋)?"
)
_BOUGHT_FOR = re2.compile(
    rf"(?:^|[,。!?;:、~…\s]|我){AMOUNT}(?P<unit>元|块|大洋|rmb)?(?P<money>钱|大洋)?(?:就|才|在你家|在这)?(?:买的|买了|买来|买回|买个|买这|入手|拍的|拍下)"
)
# Without 元 a number is a price only where nothing else is counted: 花了599买, 花了五百九十九.
_ENDS_PRICE = re2.compile(r"^(?:[,。!?…~;\s]|$|买|就|才|结果|入|拍|呢|啊|的)")
# What follows a price that did not buy the item: a repair, a ride, a fee.
_FOR_ELSE = re2.compile(
    r"^(?:(?:买|入手|拍)?的)[^,。!?…~;\s垃破烂]|^.{0,3}(?:请|找|修|换|装|洗|打|做|寄|退|看|检|挂|改|补|学|贴|配|加|充|住|吃|干洗|运|邮|报|办|冤|鉴|验|押|定|首付|一?个?月|一?年|天|分|小时|次|秒|斤|字)"
)
_EXPLAINED = re2.compile(
    r"一共|总共|加起来|合计|全家|一套|一起|凑单|囤|各买|加上|连着|全套|满减|运费|安装|维修|修理|修了|检测|医药|看病|挂号|原价|标价|吊牌|定金|订金|押金|尾款|首付|分期|"
    r"预售|以前|之前|上次|去年|第[二三四五]|另|专柜|别家|实体|门店|超市|客单|赔|损失|礼品卡|购物卡|余额|代付|补贴|话费|年费|学费|"
    r"券|红包|国补|每个?月|每年|一年|这些年|这几年|多年|不值|把我|被|染|毁|蹭|刮|划|弄坏|弄脏|砸|撞|烧了|咬"
)
_SEVERAL = re2.compile(
    r"(?:[二两俩仨三四五六七八九十几多]|[2-9]|\d\d)(?:件|个|双|套|箱|盒|瓶|条|包|台|袋|对|份|罐|支|把|本|斤|单|样|款|只|床)"
)
_DENIED = re2.compile(
    r"(?:一分(?:钱)?|一毛(?:钱)?|半分)(?:钱)?(?:都|也)?(?:不|没|未)(?:肯|愿意|愿|想|给|能|会)*退"
    r"|(?:死活|就是|坚决|到现在|至今|一直|根本|愣是|硬是|还)(?:不|没|未)(?:肯|愿意|给|有|能)*(?:退款|退钱|退我钱|退给我)"
    r"|(?:不|拒绝)(?:肯|给|予|愿意)*(?:退款|退钱|退我钱)"
    r"|(?:退款|钱)(?:到现在|至今|一直|都|也|还|根本)+(?:没|未|不)(?:有|给|见)?(?:到|退|收到|影)"
)
# What is not the price of the item, and what was denied only at first.
_NOT_DENIED = re2.compile(
    r"运费|邮费|差价|押金|定金|订金|保价|降价|赠品|补偿|赔偿|一赔|三倍|部分|一半|剩|介入|平台|京东|淘宝|拼多多|小二|12315|投诉|工商|终于|后来|才(?:给)?(?:退|同意)|最后|最终|总算|"
    r"闹|花呗|支付宝|微信|零钱|查(?:是|到)|官方|仲裁|消协|消费者协会|垫付|赔付|直到|到账|银行|卡里|折腾|退的|退了|吓得|开始|起初|本来|另|之前|上次|第[一二三]|[一二两三四五几\d]次|换货|补发|退货|退换|退一?赔"
)
_PROMISED = re2.compile(
    r"(?:说好|说是|说的|写着|写的|标的?|描述|承诺|标注)(?:是|的|得)*(?:9\d|九[成\p{Han}]|9成)新"
)
_COUNTED = re2.compile(
    r"(?:买|拍|订|下单|收到|到|发|寄)(?:了|的|来)*(?:[一二两俩三仨四五六七八九十几]|\d{1,2})(?:箱|件|个|双|套|盒|瓶|条|包|袋|对|份|罐)"
)
_FESTIVALS = frozenset({"618", "1111", "1212"})  # 618买的
_WHOLE = 0.9  # of what was paid: less may have been kept for carriage


def signal(review: Review, view: ReviewView) -> Signal:
    """Price and refund claimed against those of the order."""
    order = review.order
    if order is None:
        return missing(CODE, needs="order.paid")
    odd = (
        _refund_denied(review, view, order)
        or _never_ordered(review, view)
        or _overpriced(view, order)
    )
    if odd is not None:
        return odd
    if not order.paid:
        return missing(CODE, needs="order.paid")
    if _PROMISED.search(view.text):
        return missing(CODE, needs="the grade described")
    if _COUNTED.search(view.text):
        return missing(CODE, needs="the quantity ordered")
    return absent(CODE)


def _never_ordered(review: Review, view: ReviewView) -> Signal | None:
    title = review.item_title or ""
    odd = variants.never_ordered(view, title) if review.append_of is None else None
    if odd is None:
        return None
    reason = f"称订的{odd.kind}是{odd.claimed},而所购商品为{odd.ordered}"
    spans = [view.raw_span(odd.start, odd.end)]
    return found(VARIANT, view.policy.weights[VARIANT], reason, spans=spans, value=1.0)


def _overpriced(view: ReviewView, order: ReviewOrder) -> Signal | None:
    if not order.paid or _EXPLAINED.search(view.text) or _SEVERAL.search(view.text):
        return None
    worth, rules = order.paid + (order.coupon or 0.0), view.policy.order
    limit = worth * rules.price_factor + rules.price_slack
    claim = max(_prices(view, limit), key=lambda price: price.value, default=None)
    if claim is None:
        return None
    return found(
        CODE,
        view.policy.weights[CODE],
        f"称花了{claim.value:g}元,而订单实付{order.paid:g}元",
        spans=[view.raw_span(claim.start, claim.end)],
        value=claim.value,
        threshold=round(limit, 2),
    )


def _prices(view: ReviewView, limit: float) -> list[Claim]:
    """Prices above `limit` that this buyer says to have paid for this item."""
    found_prices = []
    for pattern in (_SPENT, _BOUGHT_FOR):
        for match in pattern.finditer(view.text):
            claim = Claim(match.start(), match.end(), read_amount(match))
            if claim.value <= limit or not _is_price(view, match, has_verb=pattern is _BOUGHT_FOR):
                continue
            found_prices += [claim] if is_own_claim(view, claim.start, claim.end) else []
    return found_prices


def _is_price(view: ReviewView, match: "re2.Match", *, has_verb: bool) -> bool:
    rest = view.text[match.end() : match.end() + NEAR]
    if not match.group("unit") and not match.group("money"):
        number = match.group("digits") or match.group("number")
        if number in _FESTIVALS:
            return False
        if len(number) < len("599") or not (has_verb or _ENDS_PRICE.search(rest)):
            return False
    whose = "的" + rest if match.group().endswith("的") else rest
    return not _FOR_ELSE.search(whose)


def _refund_denied(review: Review, view: ReviewView, order: ReviewOrder) -> Signal | None:
    match = _DENIED.search(view.text)
    if match is None or not _was_refunded(review, view, order) or review.append_of is not None:
        return None
    start, end = match.span()
    around = "".join(sides(view, start, end))
    if _NOT_DENIED.search(view.text) or not is_own_claim(view, start, end) or "怕" in around:
        return None
    reason = "称不给退款,而订单早已全额退款"
    spans = [view.raw_span(start, end)]
    return found(REFUND, view.policy.weights[REFUND], reason, spans=spans, value=1.0)


def _was_refunded(review: Review, view: ReviewView, order: ReviewOrder) -> bool:
    """Whether all that was paid went back, asked for so long before that it was back by then."""
    refund = order.refund
    if refund is None or refund.status != "completed" or not refund.amount or not order.paid:
        return False
    days = days_between(refund.requested_at, review.posted_at)
    if days is None or days < view.policy.order.refund_days:
        return False
    return refund.amount >= order.paid * _WHOLE
