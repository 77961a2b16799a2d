"""Threats by pattern: harm threatened to a person, or a person's data made public.

Anger (气得想打人), curses and lawful steps (我要投诉, 曝光到12315) are none; so is a buyer who
tells that the seller threatened him.
"""

from collections.abc import Sequence

import re2

from nlp_service.reviews.acts.act import Finding
from nlp_service.reviews.acts.speakers import told_of_seller
from nlp_service.reviews.lexicon import union
from nlp_service.text.offsets import NormalizedText

_SURE = 0.95
_YOU = r"(?:你们?|你全家|你家人?|你老婆|你孩子|老板|店主|卖家|客服|骑手)"
_VIOLENCE = (
    rf"(?:弄|整|砍|打|杀|捅)死{_YOU}",
    rf"(?:砍|捅|揍|剁)(?:断|了|死){_YOU}",
    rf"(?:去|来|找人|叫人|过来)(?:砍|捅|揍){_YOU}",
    rf"(?:信不信我?|看我|我要)(?:揍|砍|废)了?{_YOU}",
    rf"要{_YOU}的?命",
    rf"(?:打|砍)断{_YOU}的?(?:腿|手|狗腿)",
    rf"让{_YOU}(?:横着|出不了门|不得好死|见血|断手|断腿|吃不了兜着走?)",
    rf"小心{_YOU}的?(?:狗命|全家|孩子|老婆|家人|人身)",
    r"(?:你们?|老板).{0,4}走夜路",
    r"走夜路小心",
    rf"(?:去|到|上)(?:{_YOU})?(?:的)?(?:店|家|门|公司|仓库)(?:里|去|口)*(?:砸|堵|泼|放火|打人|收拾{_YOU})",
    rf"(?:砸|烧|泼)了?{_YOU}的?(?:店|家|仓库|门)",
    rf"(?:带|找|叫|喊)(?:上)?(?:几个|一帮|一群|道上的|社会上的)?(?:人|兄弟|弟兄|哥们)(?:们)?(?:去|上门|来|过去)?(?:弄|砸|打|堵|收拾|教训|修理){_YOU}",
    rf"(?:收拾|弄|修理){_YOU}(?:全家|一顿|信不信)",
    rf"(?:知道|查到|查得到|打听到|找到){_YOU}?(?:们)?的?(?:家|住)(?:住?在?哪|的?地址|里?住|在)[^,。!?]{{0,8}}",
    rf"{_YOU}(?:家)?孩子在?.{{0,6}}(?:学校|上学|幼儿园)",
)
_DOXXING = (
    rf"人肉(?:搜索)?{_YOU}",
    rf"(?:公布|公开|曝光|挂出|贴出|散布){_YOU}?(?:们)?的?(?:个人信息|身份证号?|手机号|电话号?码?|住址|家庭住址|家庭地址|真实姓名|家人|孩子)",
    rf"(?:打爆|轰炸|呼死){_YOU}?的?(?:电话|手机)",
    rf"大家(?:都|一起)?(?:去|来)?(?:打|骚扰|轰炸){_YOU}的?电话",
    r"(?:老板|店主|客服|卖家|掌柜|骑手|快递员|法人)(?:的)?(?:真名|姓名|名字|本名|电话|手机号?|身份证号?|家庭住址|住址|家住|住在?|叫)[^。!?\n]{0,16}(?:1[3-9]\d{9}|\d{17}[\dx]|\d+(?:号楼|栋|单元|室))",
)
_PATTERN = union((*_VIOLENCE, *_DOXXING))
# 打死你我也不买, 气得想打死你们客服算了: figures of anger.
_FIGURE = re2.compile(r"^.{0,4}(?:(?:我|也)(?:都|也)?不|招牌|牌子|饭碗)")
_DENIED = re2.compile(r"(?:不|没|不想|不会|不能|不敢)$")


def needed() -> Sequence[str]:
    """Patterns of which one must match where anything is found."""
    return *_VIOLENCE, *_DOXXING


def find(text: NormalizedText) -> Finding | None:
    """Threats of harm and published personal data of others."""
    plain = text.text
    spans = tuple(
        text.raw_span(match.start(), match.end())
        for match in _PATTERN.finditer(plain)
        if not told_of_seller(plain, match.start())
        and not _DENIED.search(plain[: match.start()][-3:])
        and not _FIGURE.search(plain[match.end() : match.end() + 8])
    )
    return (_SURE, spans) if spans else None
