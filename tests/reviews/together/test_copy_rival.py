"""copy.rival: who names the same other shop; honest look-alikes beside it."""

from dataclasses import replace

import pytest

from nlp_service.domain import Review, Span
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import beside, told

WEIGHT = default_suspicion_policy().weights["copy.rival"]
HERE = "席子扎人,想买好的去搜青蔺斋,人家那才叫凉席"
THERE = "不如青蔺斋的一半,大家别在这花冤枉钱"


def steers(
    key: str, text: str, *, act: str = "steers", score: float = 0.6, **facts: object
) -> tuple[Review, ReviewView]:
    review, view = told(key, text, **facts)  # type: ignore[arg-type]
    return review, replace(view, acts=(ReviewAct(act, score, (Span(0, len(text)),)),))


def test_two_accounts_that_name_one_rival_are_told_on() -> None:
    signal = beside("copy.rival", steers("1", HERE), steers("2", THERE, hours=30))
    assert signal.weight == WEIGHT
    assert signal.reason == "7天内2个账号在差评里把读者引向同一家"
    assert (signal.value, signal.threshold) == (2, 2)


def test_one_contact_under_two_bad_reviews_is_told_on() -> None:
    one = steers("1", "质量差,要正品的加 lao_lin77", act="offsite")
    other = steers("2", "掉色,想要源头货 lao_lin77", act="offsite")
    assert beside("copy.rival", one, other).weight == WEIGHT


@pytest.mark.parametrize(
    "other",
    [
        told("2", THERE),
        steers("2", THERE, buyer_id="b-1"),
        steers("2", THERE, buyer_id=None),
        steers("2", THERE, hours=24 * 8),
        steers("2", THERE, rating=5),
        steers("2", "不如隔壁旗舰店,大家去那家看看"),
    ],
    ids=["no steering", "own account", "unknown account", "later", "praise", "another name"],
)
def test_others_are_no_fellows(other: tuple[Review, ReviewView]) -> None:
    assert beside("copy.rival", steers("1", HERE), other).weight == 0.0


def test_the_name_of_the_item_itself_is_no_rival() -> None:
    title = "青蔺斋 天丝凉席"
    one, other = steers("1", HERE, item_title=title), steers("2", THERE, item_title=title)
    signal = beside("copy.rival", one, other)
    assert signal.weight == 0.0


def test_what_a_store_keeps_names_nobody() -> None:
    seen = seen_of(*steers("1", HERE))
    assert seen.aims
    assert not seen.without_grams().aims
    missing = beside("copy.rival", steers("1", HERE, buyer_id=None))
    assert missing.missing == "buyer_id, posted_at"
