"""What a conversation remembers: refusals and their scope, reopening, counters, night."""

from datetime import UTC, datetime, timedelta

import pytest

from nlp_service.chat.checker import ChatChecker
from nlp_service.domain import ChatContext, Message, Role, Turn, Verdict
from nlp_service.policy.loader import load_policy
from tests.chat.reader import ScriptedReader

NOON = datetime.fromisoformat("2026-03-01T12:00:00+08:00")
SERUM = "新款精华要不要带一瓶"
CREAM = "面霜也在搞活动,看看吗"
SHAMPOO = "洗发水第二件半价哦"
SHAWL = "这条披肩配旗袍真好看"
SHIPPED = "您的包裹今天发出了"
HEIGHT = "身高报一下"
ORDINARY = "麻烦拍一下破损处的照片"
READER = ScriptedReader(
    acts={
        SERUM: ("pitches",),
        CREAM: ("pitches",),
        SHAMPOO: ("pitches",),
        SHAWL: ("pitches",),
        HEIGHT: ("asks:body_measure",),
        "月薪多少": ("asks:income",),
        ORDINARY: ("asks:photo_of_goods",),
        "这个不补没法弄": ("conditions",),
    },
    tags={
        "不用了谢谢": ("refuse:pitch",),
        "不要洗发水": ("refuse:pitch", "refuse:named"),
        "披肩不要": ("refuse:pitch", "refuse:named"),
        "别的都不要,就买精华": ("refuse:pitch",),
        "那有什么面霜推荐": ("ask:product", "reopen"),
        "快递到哪了": ("other",),
        "面霜多少钱": ("ask:product",),
        "不方便说": ("refuse:info",),
        "好的": ("ack",),
        "精华先不要,面霜有吗": ("refuse:pitch", "ask:product"),
        "收到就是坏的": ("complain",),
        "我170,不好选": ("brings:body_measure",),
    },
)


def _check(text: str, *history: Turn, at: datetime | None = None) -> Verdict:
    context = ChatContext(category="beauty", stage="delivered", history=history, sent_at=at)
    return ChatChecker(READER, load_policy()).check(Message("m", text, context))


def _codes(verdict: Verdict) -> list[str]:
    return [label.code for label in verdict.labels]


def _buyer(text: str, at: datetime | None = None) -> Turn:
    return Turn(Role.BUYER, text, at)


def _merchant(text: str, at: datetime | None = None) -> Turn:
    return Turn(Role.MERCHANT, text, at)


@pytest.mark.parametrize(
    ("history", "text", "expected"),
    [
        ([_merchant(SERUM), _buyer("不用了谢谢")], CREAM, ["upsell.persistent"]),
        ([_merchant(SERUM), _buyer("不用了谢谢")], SHIPPED, []),
        ([_merchant(SERUM), _buyer("不用了谢谢"), _buyer("那有什么面霜推荐")], CREAM, []),
        ([_merchant(SERUM), _buyer("不用了谢谢"), _buyer("快递到哪了")], CREAM, ["upsell.persistent"]),  # noqa: E501
        ([_merchant(SERUM), _buyer("不用了谢谢"), _buyer("面霜多少钱")], CREAM, []),
        ([_merchant(SERUM), _buyer("精华先不要,面霜有吗")], CREAM, []),
        ([_merchant(SHAMPOO), _buyer("不要洗发水")], CREAM, []),
        ([_merchant(SHAMPOO), _buyer("不要洗发水")], SHAMPOO, ["upsell.persistent"]),
        ([_merchant(SHAMPOO), _buyer("不要洗发水"), _buyer("面霜多少钱")], SHAMPOO, ["upsell.persistent"]),  # noqa: E501
        ([_merchant(SERUM), _buyer("别的都不要,就买精华")], CREAM, ["upsell.persistent"]),
        ([_buyer("披肩不要")], CREAM, []),
        ([_buyer("披肩不要"), _buyer("面霜多少钱")], SHAWL, ["upsell.persistent"]),
        ([_buyer("面霜多少钱"), _merchant(SERUM), _merchant(SHAMPOO)], CREAM, []),
        ([_merchant(SERUM), _merchant(SHAMPOO)], CREAM, ["upsell.persistent"]),
        ([_merchant(SERUM), _buyer("快递到哪了"), _merchant(SHAMPOO)], CREAM, []),
    ],
)  # fmt: skip
def test_refusal_covers_its_scope_until_reopened(
    history: list[Turn], text: str, expected: list[str]
) -> None:
    assert _codes(_check(text, *history)) == expected


def test_asking_again_after_the_buyer_declined_is_coercion() -> None:
    declined = (_merchant(HEIGHT), _buyer("不方便说"))
    assert _codes(_check(HEIGHT, *declined)) == ["privacy.coercion", "privacy.personal"]
    assert _codes(_check("月薪多少", *declined)) == ["privacy.personal"]


def test_a_refusal_covers_what_was_just_asked_and_nothing_older() -> None:
    answered = (
        _merchant(HEIGHT),
        _buyer("我170,不好选"),
        _merchant("月薪多少"),
        _buyer("不方便说"),
    )
    assert _codes(_check(HEIGHT, *answered)) == []
    assert _codes(_check("月薪多少", *answered)) == ["privacy.coercion", "privacy.personal"]


def test_a_refusal_of_nothing_in_particular_leaves_the_orders_own_questions_alone() -> None:
    assert _codes(_check(ORDINARY, _buyer("不方便说"))) == []


def test_a_condition_points_back_to_what_is_open_only() -> None:
    pointer = "这个不补没法弄"
    assert _codes(_check(pointer, _merchant("月薪多少"))) == [
        "privacy.coercion",
        "privacy.personal",
    ]
    answered = (_merchant("月薪多少"), _buyer("好的"), _merchant(SHIPPED))
    assert _codes(_check(pointer, *answered)) == []
    assert _codes(_check(pointer)) == []


def test_what_the_buyer_tells_after_declining_may_be_followed_up() -> None:
    history = (_merchant(HEIGHT), _buyer("不方便说"), _buyer("我170,不好选"))
    assert _codes(_check(HEIGHT, *history)) == []


def _times(*minutes: float) -> list[datetime]:
    return [NOON + timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("texts", "minutes", "expected"),
    [
        (["麻烦确认收货哦", "亲,麻烦确认收货哦"], (-300, -100), ["upsell.flooding:warn"]),
        (["麻烦确认收货哦"], (-300,), []),
        (["麻烦确认收货哦", "今天下单的已经发了"], (-300, -100), []),
        (["麻烦确认收货哦"] * 2, (-3000, -2900), []),
        (["麻烦确认收货哦"] * 5, (-300, -200, -150, -100, -50), ["upsell.flooding:block"]),
        (["在吗", "人呢", "看到回一下", "喂", "回个话"], (-4, -3, -2, -2, -1), ["upsell.flooding:warn"]),  # noqa: E501
        (["在吗", "人呢", "看到回一下", "喂", "回个话"], (-400, -300, -200, -100, -10), []),
    ],
)  # fmt: skip
def test_unanswered_messages_are_counted_in_their_windows(
    texts: list[str], minutes: tuple[float, ...], expected: list[str]
) -> None:
    times = _times(*minutes)
    history = [_merchant(text, at) for text, at in zip(texts, times, strict=True)]
    verdict = _check("亲亲麻烦确认收货哦", *history, at=NOON)
    assert [f"{label.code}:{label.action}" for label in verdict.labels] == expected


def test_six_short_pieces_of_one_answer_do_not_flood() -> None:
    asked = _buyer("怎么申请退货", NOON - timedelta(minutes=2))
    steps = ["打开订单", "点这件衣服", "右下角申请售后", "选七天无理由", "填上门取件"]
    history = [_merchant(step, NOON - timedelta(minutes=1)) for step in steps]
    assert _codes(_check("最后提交就行", asked, *history, at=NOON)) == []


def test_chasing_three_days_running_floods() -> None:
    history = [_merchant(f"第{day}回问您尺寸", NOON - timedelta(days=day)) for day in (2, 1)]
    assert _codes(_check("麻烦确认收货哦", *history, at=NOON)) == ["upsell.flooding"]
    assert _codes(_check("麻烦确认收货哦", history[0], at=NOON)) == []


@pytest.mark.parametrize(
    ("hour", "silent_h", "text", "expected"),
    [
        (23, 5, SERUM, ["upsell.flooding"]),
        (7, 5, SERUM, ["upsell.flooding"]),
        (23, 0.5, SERUM, []),
        (15, 5, SERUM, []),
        (23, 5, SHIPPED, []),
    ],
)
def test_promotion_at_night_floods_whatever_offset_the_times_are_written_in(
    hour: int, silent_h: float, text: str, expected: list[str]
) -> None:
    local = NOON.replace(hour=hour)
    for sent in (local, local.astimezone(UTC)):
        history = _buyer("快递到哪了", sent - timedelta(hours=silent_h))
        assert _codes(_check(text, history, at=sent)) == expected


def test_without_times_nothing_is_night_and_nothing_a_burst() -> None:
    history = [_merchant(f"第{number}件事说一下", None) for number in range(8)]
    assert _codes(_check(SHIPPED, *history)) == []


def test_flagged_history_does_not_poison_a_clean_message() -> None:
    assert _codes(_check(SHIPPED, _merchant("月薪多少"), _buyer("快递到哪了"))) == []


def test_order_news_day_after_day_chases_nobody() -> None:
    news = ["您的包裹已发出", "包裹已到达杭州转运中心"]
    history = [_merchant(text, NOON - timedelta(days=2 - at)) for at, text in enumerate(news)]
    assert _codes(_check("今天派送员给您送货哦", *history, at=NOON)) == []


def test_the_same_notice_about_three_parcels_is_no_repetition() -> None:
    texts = [f"您的包裹SF139000000000{number}请注意查收" for number in (1, 2, 3)]
    history = [_merchant(text, NOON - timedelta(hours=1)) for text in texts[:2]]
    assert _codes(_check(texts[2], *history, at=NOON)) == []


def test_being_put_off_twice_over_a_complaint_is_evasion() -> None:
    complaint = (_buyer("收到就是坏的"), _merchant("请稍等,我查一下"))
    assert _codes(_check("请您稍等", *complaint, _buyer("快递到哪了"))) == ["service.evasion"]
    assert _codes(_check("请您稍等", *complaint)) == []
    assert (
        _codes(_check("请您稍等", _buyer("快递到哪了"), _merchant("请稍等"), _buyer("好的"))) == []
    )


def test_buyer_turn_without_a_time_leaves_the_night_unknown() -> None:
    sent = NOON.replace(hour=23)
    known = _buyer("快递到哪了", sent - timedelta(hours=5))
    assert _codes(_check(SERUM, known, _buyer("好的"), at=sent)) == []
