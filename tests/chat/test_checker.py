"""The pipeline with scripted facts: numbers of the conversation, claims, suggestions, purity."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.chat.reader import MerchantReading
from nlp_service.domain import (
    Act,
    Action,
    ChatContext,
    Message,
    Order,
    Role,
    Span,
    SuppliedFacts,
    Turn,
    Verdict,
)
from nlp_service.policy.engine import judge
from nlp_service.policy.loader import load_policy
from tests.chat.reader import ScriptedReader

NOON = datetime.fromisoformat("2026-03-01T12:00:00+08:00")
READER = ScriptedReader(
    acts={
        "月薪多少": ("asks:income",),
        "您好,包裹明天到。对了您月薪多少": ("asks:income",),
        "加我微信聊": ("diverts",),
        "关注官方公众号查保修": ("diverts",),
        "顺便办张信用卡吧": ("pitches",),
        "这款鞋垫要不要": ("pitches",),
    },
    tags={
        "你们官方公众号叫什么": ("want:offsite",),
        "不用推荐了": ("refuse:pitch",),
        "工资就不说了": ("refuse:income", "refuse:info"),
    },
)


def _check(text: str, context: ChatContext = ChatContext()) -> Verdict:  # noqa: B008 - frozen
    return ChatChecker(READER, load_policy()).check(Message("m-1", text, context))


def _codes(verdict: Verdict) -> list[str]:
    return [label.code for label in verdict.labels]


def test_the_buyers_own_number_typed_back_is_masked_in_the_suggestion() -> None:
    history = (Turn(Role.BUYER, "我电话13812348000"),)
    verdict = _check("好的,电话13812348000对吗", ChatContext(history=history))
    assert _codes(verdict) == ["privacy.disclosure"]
    assert verdict.action == Action.WARN
    assert verdict.suggestion is not None
    assert "13812348000" not in verdict.suggestion
    assert "138" in verdict.suggestion


@pytest.mark.parametrize(
    ("refusal", "text", "code"),
    [
        ("不用推荐了", "这款鞋垫要不要", "upsell.persistent"),
        ("工资就不说了", "月薪多少", "privacy.coercion"),
    ],
)
def test_the_reason_names_the_turn_that_decided(refusal: str, text: str, code: str) -> None:
    history = (
        Turn(Role.BUYER, "在吗"),
        Turn(Role.BUYER, refusal),
        Turn(Role.SYSTEM, "买家已浏览商品"),
        Turn(Role.MERCHANT, "好的"),
    )
    verdict = _check(text, ChatContext(history=history))
    (label,) = [label for label in verdict.labels if label.code == code]
    assert label.reason.endswith("(见前面倒数第3条消息)。")


def test_the_orders_own_tracking_number_raises_nothing() -> None:
    order = Order(order_id="2603011234567890123", tracking_numbers=("SF1390000000000",))
    verdict = _check("单号SF1390000000000,订单2603011234567890123", ChatContext(order=order))
    assert verdict.action == Action.ALLOW
    assert {entity.kind for entity in verdict.entities} == {"tracking_number", "order_number"}


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("只剩3件了", SuppliedFacts(stock=3), []),
        ("只剩3件了", SuppliedFacts(stock=500), ["upsell.misleading"]),
        ("只剩3件了", SuppliedFacts(), []),
        ("最后两件", SuppliedFacts(stock=200), ["upsell.misleading"]),
        ("快没货了", SuppliedFacts(stock=300), ["upsell.misleading"]),
        ("活动今晚结束", SuppliedFacts(campaign_ends_at=NOON.replace(hour=23)), []),
        ("活动今晚结束", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), ["upsell.misleading"]),  # noqa: E501
        ("明天恢复原价", SuppliedFacts(campaign_ends_at=NOON.replace(day=2, hour=0)), []),
        ("全年最低价", SuppliedFacts(lowest_price_days=30), ["upsell.misleading"]),
        ("30天最低价", SuppliedFacts(lowest_price_days=30), []),
        ("历史最低价", SuppliedFacts(lowest_price_days=365), []),
        ("还有3个小时活动就结束了", SuppliedFacts(stock=860), []),
        ("最后一个尺码", SuppliedFacts(stock=860), []),
        ("今天16点截止发货", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), []),
        ("没有库存充足的颜色了", SuppliedFacts(stock=0), []),
        ("37码还有五双,慢慢看", SuppliedFacts(stock=140), ["upsell.misleading"]),
        ("37码还有五双,慢慢看", SuppliedFacts(stock=6), []),
        ("我们仓里还有两百张", SuppliedFacts(stock=2), ["upsell.misleading"]),
        ("灰的就一件了", SuppliedFacts(stock=75), ["upsell.misleading"]),
        ("还剩两件没发您", SuppliedFacts(stock=75), []),
        ("券到20号", SuppliedFacts(campaign_ends_at=NOON.replace(day=18)), ["upsell.misleading"]),
        ("券到18号", SuppliedFacts(campaign_ends_at=NOON.replace(day=18)), []),
        ("活动价到3月9号", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), []),
        ("特价今晚12点,过了恢复99", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), ["upsell.misleading"]),  # noqa: E501
        ("特价单今晚8点前都能发", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), []),
        ("包裹到20号", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), []),
        ("活动到31号", SuppliedFacts(campaign_ends_at=NOON.replace(month=2, day=9)), []),
        ("优惠减好了,快递要到20号", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), []),
        ("尾款到20号,价不变", SuppliedFacts(campaign_ends_at=NOON.replace(day=9)), []),
        ("三个月里最低", SuppliedFacts(lowest_price_days=30), ["upsell.misleading"]),
        ("半年里没低过这个数", SuppliedFacts(lowest_price_days=180), []),
        ("有货的,放心拍", SuppliedFacts(stock=0), ["upsell.misleading"]),
    ],
)  # fmt: skip
def test_claims_are_held_against_supplied_facts(
    text: str, facts: SuppliedFacts, expected: list[str]
) -> None:
    assert _codes(_check(text, ChatContext(facts=facts, sent_at=NOON))) == expected


@pytest.mark.parametrize(
    ("text", "category", "item", "expected"),
    [
        ("顺便办张信用卡吧", "shoes_bags", None, ["upsell.irrelevant"]),
        ("顺便办张信用卡吧", None, None, ["upsell.irrelevant"]),
        ("这款鞋垫要不要", "shoes_bags", "运动鞋", []),
        ("这款鞋垫要不要", "fresh", "苹果", []),
    ],
)
def test_finance_is_never_part_of_an_order(
    text: str, category: str | None, item: str | None, expected: list[str]
) -> None:
    assert _codes(_check(text, ChatContext(category=category, item_title=item))) == expected


def test_official_account_named_by_the_buyer_first_is_fine() -> None:
    asked = ChatContext(history=(Turn(Role.BUYER, "你们官方公众号叫什么"),))
    assert _codes(_check("关注官方公众号查保修", asked)) == []
    assert _codes(_check("关注官方公众号查保修")) == ["offsite.diversion"]
    assert _codes(_check("加我微信聊", asked)) == ["offsite.diversion"]


def test_suggestion_passes_its_own_check_and_is_missing_where_nothing_is_wrong() -> None:
    checker = ChatChecker(READER, load_policy())
    for text in ("月薪多少", "加我微信聊", "您好,包裹明天到。对了您月薪多少"):
        suggestion = _check(text).suggestion
        assert suggestion
        assert checker.check(Message("s", suggestion)).action == Action.ALLOW
    assert _check("包裹明天到").suggestion is None


def test_facts_hold_neither_text_nor_values() -> None:
    context = ChatContext(history=(Turn(Role.BUYER, "我叫李雷,电话13812348000"),))
    facts = ChatChecker(READER, load_policy()).facts(
        Message("m", "李雷您好,13812348000对吗", context)
    )
    stored = str(facts.to_json())
    assert "13812348000" not in stored
    assert "李雷" not in stored


def test_policy_change_alone_changes_the_verdict_over_the_same_facts() -> None:
    facts = ChatChecker(READER, load_policy()).facts(Message("m", "月薪多少"))
    policy = load_policy()
    label = policy.labels["privacy.personal"].model_copy(update={"action": Action.BLOCK})
    stricter = policy.model_copy(update={"labels": {**policy.labels, "privacy.personal": label}})
    assert judge(policy, facts).action == Action.WARN
    assert judge(stricter, facts).action == Action.BLOCK


def test_answer_never_carries_a_raw_value() -> None:
    verdict = _check("打13812348000,身份证11010519491231002X")
    assert {entity.kind for entity in verdict.entities} == {"mobile", "id_card"}
    assert "13812348000" not in repr(verdict)
    assert "11010519491231002" not in repr(verdict)


def test_suggestion_keeps_what_is_innocent_as_it_was_typed() -> None:
    raw = "亲\uff0c衣服是纯棉的不起球\uff0c今天下单明天发货\uff0c您月薪多少\uff1f"
    reader = ScriptedReader(acts={raw: ("asks:income",)}, spans={raw: raw.index("您月薪")})
    verdict = ChatChecker(reader, load_policy()).check(Message("m", raw))
    assert verdict.suggestion == "亲\uff0c衣服是纯棉的不起球\uff0c今天下单明天发货"


def test_what_is_left_of_a_message_is_masked_before_it_is_suggested() -> None:
    raw = "收货电话13812345678已经备注好了,您月薪多少"
    reader = ScriptedReader(acts={raw: ("asks:income",)}, spans={raw: raw.index("您月薪")})
    verdict = ChatChecker(reader, load_policy()).check(Message("m", raw))
    assert verdict.suggestion == "收货电话138****5678已经备注好了"


def test_nothing_of_a_fraud_is_suggested() -> None:
    raw = "您的账户被冻结了,请关注我们的通知哦亲亲"
    reader = ScriptedReader(acts={raw: ("impersonates",)}, spans={raw: 0})
    suggestion = ChatChecker(reader, load_policy()).check(Message("m", raw)).suggestion
    assert suggestion == load_policy().suggestions["fraud.impersonation"]


def test_hundreds_of_turns_are_remembered_by_their_latest() -> None:
    turns = tuple(Turn(Role.BUYER, f"第{number}句") for number in range(500))
    assert _check("包裹明天到", ChatContext(history=turns)).action == Action.ALLOW


class _Doubting(ScriptedReader):
    """Is sure of no act and hints at a verdict."""

    def merchant(self, raw: str, own_numbers: Collection[str] = ()) -> MerchantReading:
        acts = tuple(
            Act(act, None, score, (Span(raw.index(words), raw.index(words) + len(words)),))
            for act, score, words in (
                ("pitches", 0.3, "那条裙子"),
                ("threatens", 0.2, "你等着"),
                ("insults", 0.42, "你等着"),
            )
            if words in raw
        )
        return replace(super().merchant(raw, own_numbers), acts=acts, hints={"conduct.abuse": 0.9})


def test_the_act_under_a_label_is_told_even_where_it_alone_is_less_than_likely() -> None:
    verdict = ChatChecker(_Doubting(), load_policy()).check(Message("m", "那条裙子你等着"))
    assert [label.code for label in verdict.labels] == ["conduct.abuse"]
    assert [(act.act, act.score) for act in verdict.acts] == [("insults", 0.42)]
