"""copy.rival: who names the same other shop; honest look-alikes beside it."""

from dataclasses import replace

import pytest

from nlp_service.domain import Review, ReviewOrder, Signal, Span
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import beside, told

POLICY = default_suspicion_policy()
WEIGHT = POLICY.weights["copy.rival"]
HERE = "席子扎人,想买好的去搜青蔺斋,人家那才叫凉席"
THERE = "不如青蔺斋的一半,大家别在这花冤枉钱"


def steers(
    key: str,
    text: str,
    *,
    act: str = "steers",
    score: float = 0.6,
    item_title: str | None = "天丝软席三件套",
    **facts: object,
) -> tuple[Review, ReviewView]:
    facts |= {"item_title": item_title}
    review, view = told(key, text, **facts)  # type: ignore[arg-type]
    return review, replace(view, acts=(ReviewAct(act, score, (Span(0, len(text)),)),))


def rival(*cases: tuple[Review, ReviewView]) -> Signal:
    return beside("copy.rival", *cases)


def test_two_accounts_that_name_one_rival_are_told_on() -> None:
    signal = rival(steers("1", HERE), steers("2", THERE, hours=30))
    assert signal.weight == WEIGHT
    assert signal.reason == "7天内2个账号在差评里把读者引向同一家"
    assert (signal.value, signal.threshold) == (2, 2)
    assert {HERE[span.start : span.end] for span in signal.spans} == {"青蔺", "蔺斋"}


def test_one_contact_under_two_bad_reviews_is_told_on() -> None:
    one = steers("1", "质量差,要正品的加 lao_lin77", act="offsite")
    other = steers("2", "掉色,想要源头货 lao_lin77", act="offsite")
    assert rival(one, other).weight == WEIGHT


@pytest.mark.parametrize(
    "other",
    [
        told("2", THERE, item_title="天丝软席三件套"),
        steers("2", THERE, score=0.4),
        steers("2", THERE, act="extorts"),
        steers("2", THERE, buyer_id="b-1"),
        steers("2", THERE, buyer_id=None),
        steers("2", THERE, append_of="1"),
        steers("2", THERE, hours=24 * 8),
        steers("2", THERE, rating=5),
        steers("2", THERE, item_title=None),
        steers("2", "不如隔壁旗舰店,大家去那家看看"),
    ],
    ids=[
        *("no steering", "unsure", "another act", "own account", "unknown account", "added"),
        *("later", "praise", "no title", "another name"),
    ],
)
def test_others_are_no_fellows(other: tuple[Review, ReviewView]) -> None:
    assert rival(steers("1", HERE), other).weight == 0.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("受害者加我微信一起去12315投诉", "受害者私信我,联合起来打12315"),
        ("建议大家去官方旗舰店买,这家是假的", "这家卖假货,大家要买就去官方旗舰店"),
        ("打400-800-8888才有人理", "客服电话400-800-8888打了才管用"),
        ("2026-03-03买的,大家一起退", "我也是2026-03-03下的单,加我一起退"),
        ("这筋膜枪不行,别家的筋膜枪响声小", "筋膜枪没劲,去买别的筋膜枪吧"),
    ],
)
def test_hotlines_dates_and_common_words_are_no_rival(one: str, other: str) -> None:
    assert rival(steers("1", one), steers("2", other)).weight == 0.0


@pytest.mark.parametrize(
    ("title", "name"), [("青蔺斋 天丝凉席", "青蔺斋"), ("iPhone15 手机壳", "iphone15")]
)
def test_what_the_item_is_called_is_no_rival(title: str, name: str) -> None:
    one, other = f"大家去搜{name},比这好", f"不如{name},别在这买"
    assert rival(steers("1", one), steers("2", other)).weight == WEIGHT
    named = steers("1", one, item_title=title), steers("2", other, item_title=title)
    assert rival(*named).weight == 0.0


def test_a_name_far_from_the_words_that_steer_is_none() -> None:
    review, view = told("1", HERE + "。" + "用了两天就掉渣" * 3, item_title="天丝软席三件套")
    far = replace(view, acts=(ReviewAct("steers", 0.9, (Span(40, 44),)),))
    assert rival((review, far), steers("2", THERE)).weight == 0.0


def test_a_name_that_comes_all_the_time_is_none() -> None:
    steady = [steers(f"w{at}", THERE, hours=-24 * 9 * at) for at in range(1, 25)]
    assert rival(steers("1", HERE), steers("2", THERE), *steady).weight == 0.0


def test_order_and_doubled_ids_change_nothing() -> None:
    subject = steers("1", HERE, order=ReviewOrder("o-1"))
    others = [
        seen_of(*steers("2", THERE, buyer_id="b-9")),
        seen_of(*steers("2", THERE, buyer_id="b-1")),
        seen_of(*steers("2", THERE, buyer_id="b-9", hours=24 * 30)),
    ]
    assert beside("copy.rival", subject, *others).weight == WEIGHT
    assert beside("copy.rival", subject, *others[::-1]).weight == WEIGHT


def test_what_a_store_keeps_names_nobody() -> None:
    seen = seen_of(*steers("1", HERE))
    assert seen.aims
    assert not seen.without_grams().aims
    missing = rival(steers("1", HERE, buyer_id=None))
    assert missing.missing == "buyer_id, posted_at, item_title"
