"""Signals that need other reviews: honest look-alikes first, then what each is for."""

from collections.abc import Sequence

import pytest

from nlp_service.domain import BuyerHistory, Review
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS, TOGETHER
from nlp_service.reviews.together.making import seen_of
from nlp_service.reviews.together.others import Others
from nlp_service.reviews.view import ReviewView
from tests.reviews.together.cases import FLOOD, OTHER, RANT, beside, told

Case = tuple[Review, ReviewView]


WEIGHTS = default_suspicion_policy().weights
BY_HISTORY = {"behaviour.account", "behaviour.bait_refund"}  # these speak without others too


def test_codes_are_those_of_the_policy() -> None:
    told_codes = {*SIGNALS, *TOGETHER}
    weights = default_suspicion_policy().weights
    assert told_codes <= set(weights)
    assert not set(SIGNALS) & set(TOGETHER)
    assert all((weights[code] < 0) == code.startswith("counter.") for code in TOGETHER)


@pytest.mark.parametrize("code", [code for code in TOGETHER if code not in BY_HISTORY])
def test_without_others_or_names_the_input_is_missing(code: str) -> None:
    review, view = told("1")
    assert TOGETHER[code](review, view, None).missing == "other reviews"
    bare = told("1", buyer_id=None, merchant_id=None)
    signal = beside(code, bare, told("2"), told("3"))
    assert (signal.weight, bool(signal.missing)) == (0.0, True)


@pytest.mark.parametrize("code", [code for code in TOGETHER if code.startswith(("copy", "beh"))])
def test_good_review_is_never_told_on(code: str) -> None:
    crowd = [told(str(at), rating=5, hours=at) for at in range(9)]
    assert beside(code, *crowd).weight == 0.0


# behaviour.synchrony


def _rounds(
    buyers: Sequence[str], shops: Sequence[str], *, gap: float, rating: int = 1
) -> list[Case]:
    return [
        told(f"{b}{s}", f"{OTHER[:9]}{b}", buyer_id=b, merchant_id=s, hours=n * gap, rating=rating)
        for b in buyers
        for n, s in enumerate(shops)
    ]


def test_accounts_at_the_same_three_shops_keep_step() -> None:
    signal = beside("behaviour.synchrony", *_rounds(["甲", "乙"], ["x", "y", "z"], gap=20))
    assert signal.weight == pytest.approx(WEIGHTS["behaviour.synchrony"] * 0.6)
    assert "1个账号在72小时内给同样的3家店" in signal.reason


@pytest.mark.parametrize(
    "reviews",
    [
        _rounds(["甲", "乙"], ["x", "y"], gap=5),
        _rounds(["甲", "乙"], ["x", "y", "z"], gap=40),
        _rounds(["甲"], ["x", "y", "z"], gap=5) + _rounds(["乙"], ["u", "v", "w"], gap=5),
        _rounds(["甲"], ["x", "y", "z"], gap=5) + _rounds(["乙"], ["x", "y", "z"], gap=5, rating=5),
        _rounds(["甲"], [*"xyzabcd"], gap=5) + _rounds(["乙"], [*"xyzuvwt"], gap=5),
    ],
    ids=["two shops", "too slow", "other shops", "good reviews", "mostly elsewhere"],
)
def test_chance_meetings_are_no_synchrony(reviews: list[Case]) -> None:
    assert beside("behaviour.synchrony", *reviews).weight == 0.0


# behaviour.burst and counter.incident


def _quiet(days: int = 60) -> list[Case]:
    """A shop that gets a bad review every ten days and a good one a day."""
    bad = [
        told(
            f"q{day}",
            "旧款不如新款",
            merchant_id="s",
            hours=-24 * (day + 8),
            aspects=("quality",),
        )
        for day in range(0, days, 10)
    ]
    good = [
        told(f"g{day}", "还行吧", merchant_id="s", hours=-24 * day, rating=5) for day in range(days)
    ]
    return bad + good


def _flood(aspects: Sequence[str], **facts: object) -> list[Case]:
    return [
        told(f"f{at}", FLOOD[at], merchant_id="s", hours=at / 10, aspects=tuple(aspects), **facts)
        for at in range(6)
    ]


def _thin() -> list[Case]:
    texts = ["骗子", "什么玩意", "呵呵", "无语", "大家别来", "恶心"]
    return [told(f"t{at}", text, merchant_id="s", hours=at / 10) for at, text in enumerate(texts)]


def test_thin_burst_is_an_attack() -> None:
    signal = beside("behaviour.burst", *_thin(), *_quiet())
    assert signal.weight == pytest.approx(1.0)
    assert "1小时内6个账号差评" in signal.reason
    assert "没有共同问题、内容空泛" in signal.reason


def test_linked_burst_is_an_attack() -> None:
    copies = [told(f"t{at}", RANT, merchant_id="s", hours=at / 10) for at in range(6)]
    signal = beside("behaviour.burst", *copies, *_quiet())
    assert signal.weight == pytest.approx(1.5)


def test_buyer_with_a_fault_to_name_is_left_alone_in_an_attack() -> None:
    victim = told("v", OTHER, merchant_id="s", hours=0.3, aspects=("quality",))
    assert beside("behaviour.burst", victim, *_thin(), *_quiet()).weight == 0.0


def test_bad_batch_speaks_for_its_buyers() -> None:
    crowd = [*_flood(["quality"], images=2), *_quiet()]
    signal = beside("counter.incident", *crowd)
    assert signal.weight == -1.5
    assert "6位互不关联的买家" in signal.reason
    assert beside("behaviour.burst", *crowd).weight == 0.0


@pytest.mark.parametrize(
    "crowd",
    [
        [*_flood(["quality"]), *_quiet()],
        [told("1", RANT, merchant_id="s", aspects=("quality",), images=1), *_quiet()],
        _flood(["quality"], images=1),
    ],
    ids=["nothing shown", "no burst", "no rate known"],
)
def test_neither_incident_nor_attack(crowd: list[Case]) -> None:
    for code in ("counter.incident", "behaviour.burst"):
        assert beside(code, *crowd).weight == 0.0


def test_shop_without_past_lacks_a_rate() -> None:
    assert beside("behaviour.burst", *_thin()).missing == "reviews of the shop over more time"


def test_promotion_brings_bad_reviews_too() -> None:
    sales = [told(f"p{at}", "好", merchant_id="s", hours=at / 200, rating=5) for at in range(150)]
    assert beside("behaviour.burst", *_thin(), *_quiet(), *sales).weight == 0.0


def test_one_account_is_no_burst() -> None:
    alone = [
        told(f"t{at}", "无语", merchant_id="s", buyer_id="b", hours=at / 10) for at in range(8)
    ]
    assert beside("behaviour.burst", *alone, *_quiet()).weight == 0.0


# counter.same_aspect


def _of_item(count: int, **facts: object) -> list[Case]:
    return [
        told(f"a{at}", FLOOD[at], merchant_id="s", item_id="i", aspects=("quality",), **facts)  # type: ignore[arg-type]
        for at in range(count)
    ]


def test_independent_buyers_of_one_item_speak_for_each_other() -> None:
    weights = [beside("counter.same_aspect", *_of_item(count)).weight for count in (2, 3, 6)]
    assert weights == [0.0, -0.5, -1.0]


def test_copies_and_other_faults_do_not_speak_for_anyone() -> None:
    subject = told("1", OTHER, merchant_id="s", item_id="i", aspects=("logistics",))
    assert beside("counter.same_aspect", subject, *_of_item(5)).weight == 0.0
    facts = {"merchant_id": "s", "item_id": "i", "aspects": ("quality",)}
    copies = [told(str(at), RANT, **facts) for at in range(4)]  # type: ignore[arg-type]
    assert beside("counter.same_aspect", *copies).weight == 0.0
    assert beside("counter.same_aspect", *_of_item(1), *copies).weight == 0.0


# behaviour.account


@pytest.mark.parametrize(
    ("history", "weight"),
    [
        (BuyerHistory(reviews=40, orders=52, window_days=180), 0.0),
        (BuyerHistory(reviews=3, orders=1, window_days=1), 0.0),
        (BuyerHistory(reviews=0, orders=1, window_days=180), 0.0),
        (BuyerHistory(reviews=400, orders=500, window_days=90), WEIGHTS["behaviour.account"]),
        (BuyerHistory(reviews=40, orders=10), WEIGHTS["behaviour.account"]),
    ],
)
def test_odd_counts_speak_weakly(history: BuyerHistory, weight: float) -> None:
    review, view = told("1", history=history)
    assert TOGETHER["behaviour.account"](review, view, None).weight == weight


def test_first_review_counts_only_against_a_well_rated_item() -> None:
    new = BuyerHistory(reviews=0, orders=1)
    subject = told("1", merchant_id="s", item_id="i", history=new)
    praise = [told(f"p{at}", "好", merchant_id="s", item_id="i", rating=5) for at in range(10)]
    assert beside("behaviour.account", subject, *praise).weight == WEIGHTS["behaviour.account"] / 2
    assert beside("behaviour.account", subject, *praise[1:]).weight == 0.0
    assert beside("behaviour.account", subject, *praise, *_of_item(3)).weight == 0.0


def test_no_history_is_missing() -> None:
    assert beside("behaviour.account", told("1")).missing == "history.reviews"


def test_stored_reviews_serve_a_single_one() -> None:
    subject = told("1")
    stored = Others(seen_of(*told(str(at), hours=at)).without_grams() for at in range(2, 5))
    signal = TOGETHER["copy.cross_shop"](*subject, stored.around(seen_of(*subject)))
    assert signal.weight == WEIGHTS["copy.cross_shop"]
    assert signal.spans
