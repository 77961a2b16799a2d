"""The keyword filter that the chat check is held against: the words people usually list.

Words with the label each is listed for; no context, no scores. `normalised` reads through
look-alikes and inserted characters first, as the chat check does, so that both readings are fair.
"""

from dataclasses import dataclass, field

import ahocorasick

from nlp_service.domain import Action, Label, Message
from nlp_service.policy.engine import Judgement
from nlp_service.policy.schema import PolicyData
from nlp_service.text.normalize import normalize

KEYWORDS = {
    "微信": "offsite.diversion",
    "QQ": "offsite.diversion",
    "加我": "offsite.diversion",
    "转账": "offsite.diversion",
    "二维码": "offsite.diversion",
    "支付宝": "offsite.diversion",
    "私下": "offsite.diversion",
    "验证码": "privacy.credential",
    "密码": "privacy.credential",
    "银行卡": "privacy.credential",
    "身份证": "privacy.identity",
    "电话": "privacy.contact",
    "手机号": "privacy.contact",
    "收入": "privacy.personal",
    "结婚": "privacy.personal",
    "年龄": "privacy.personal",
    "好评": "review.inducement",
    "返现": "review.inducement",
    "五星": "review.inducement",
    "差评": "review.inducement",
    "红包": "review.inducement",
    "最后一天": "upsell.pressure",
    "赶紧": "upsell.pressure",
    "马上下单": "upsell.pressure",
    "错过": "upsell.pressure",
    "全网最低": "upsell.misleading",
    "根治": "upsell.misleading",
    "治疗": "upsell.misleading",
    "冻结": "fraud.impersonation",
    "链接": "fraud.impersonation",
    "投诉": "conduct.threat",
    "拉黑": "conduct.threat",
    "垃圾": "conduct.abuse",
}


@dataclass(frozen=True, slots=True)
class KeywordFilter:
    """Every listed word fires the label it is listed for, with the policy's action."""

    policy: PolicyData
    normalised: bool = False
    _words: ahocorasick.Automaton = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = ahocorasick.Automaton()
        for word, code in KEYWORDS.items():
            # Normalised text is in small letters.
            words.add_word(word.lower() if self.normalised else word, code)
        words.make_automaton()
        object.__setattr__(self, "_words", words)

    def fires(self, text: str) -> bool:
        """Whether any word stands in the text."""
        return any(True for _ in self._words.iter(self._read(text)))

    def judge(self, message: Message) -> Judgement:
        """The labels of the words found; scores say nothing here and are all 1."""
        codes = sorted({code for _, code in self._words.iter(self._read(message.text))})
        labels = tuple(self._label(code) for code in codes if self.policy.labels[code].enabled)
        action = max((label.action for label in labels), key=lambda a: a.rank, default=Action.ALLOW)
        return Judgement(action, labels)

    def _read(self, text: str) -> str:
        return normalize(text).text if self.normalised else text

    def _label(self, code: str) -> Label:
        rule = self.policy.labels[code]
        return Label(
            code=code,
            name=rule.name,
            score=1.0,
            severity=rule.severity,
            action=rule.action,
            spans=(),
            reason=rule.name,
            basis=(),
            source=("keyword",),
        )
