"""How signals add up: families, hard facts, what text alone may do, and who is never judged."""

import pytest

from nlp_service.domain import Review, ReviewSeverity, Sentiment, Signal, Suspicion
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.suspicion import assess_suspicion, family_sums
from tests.reviews.cases import NEGATIVE, NEUTRAL, POSITIVE, say, view_of


def _assess(
    *signals: tuple[str, float],
    review: Review | None = None,
    sentiment: Sentiment = NEGATIVE,
    severity: str = "none",
) -> Suspicion:
    review = review or say("差")
    view = view_of(review, sentiment)
    view = type(view)(
        view.normalized, view.clauses, sentiment, ReviewSeverity(severity), (), (), view.policy
    )
    return assess_suspicion(
        review, view, [Signal(code, weight, "因为") for code, weight in signals]
    )


def test_bad_review_without_signals_is_low() -> None:
    suspicion = _assess()
    assert (suspicion.level, suspicion.advice) == ("low", "none")
    assert suspicion.score < 0.05


@pytest.mark.parametrize(
    ("signals", "level"),
    [
        ((("text.offsite", 1.5), ("text.competitor", 1.2), ("text.wrong_product", 1.8)), "low"),
        ((("text.extortion", 1.5),), "low"),
        ((("behaviour.bad_ratio", 2.2),), "low"),
        ((("behaviour.bad_ratio", 2.2), ("behaviour.bait_refund", 2.2)), "low"),
        ((("text.extortion", 4.6),), "medium"),
        ((("text.threat", 4.4), ("text.offsite", 1.5)), "medium"),
        ((("fact.time", 4.0),), "medium"),
        ((("text.wrong_product", 1.8), ("behaviour.bad_ratio", 2.2)), "medium"),
        ((("text.extortion", 4.6), ("behaviour.bad_ratio", 2.2)), "high"),
        ((("fact.time", 4.0), ("text.offsite", 1.5)), "high"),
    ],
)
def test_levels_rest_on_families(signals: tuple[tuple[str, float], ...], level: str) -> None:
    suspicion = _assess(*signals)
    assert suspicion.level == level, suspicion
    assert suspicion.advice == ("none" if level == "low" else "review")


def test_score_and_level_agree() -> None:
    levels = default_suspicion_policy().levels
    for signals in ((("text.extortion", 9.0),), (("behaviour.bad_ratio", 9.0),), ()):
        suspicion = _assess(*signals)
        assert (suspicion.score >= levels.high) == (suspicion.level == "high")
        assert (suspicion.score >= levels.medium) == (suspicion.level in ("medium", "high"))


def test_withheld_scores_keep_their_order_below_the_level() -> None:
    medium = default_suspicion_policy().levels.medium
    scores = [
        _assess(("behaviour.bad_ratio", weight)).score for weight in (2.0, 3.0, 3.5, 4.0, 5.0)
    ]
    assert scores == sorted(set(scores))
    assert scores[-1] < medium


def test_an_accounts_past_stands_below_what_speaks_against_this_review() -> None:
    habits = (("behaviour.bad_ratio", 2.5), ("behaviour.account.series", 2.5))
    past, here = _assess(*habits).score, _assess(("behaviour.pile_on", 2.0)).score
    assert past <= default_suspicion_policy().habits.ceiling < here
    assert _assess(*habits, ("behaviour.pile_on", 2.0)).score > here


def test_weak_evidence_of_one_family_adds_up_beside_an_accounts_past() -> None:
    habits = (("behaviour.bad_ratio", 2.8), ("behaviour.account.series", 3.0))
    weak = (("text.wrong_product", 0.6), ("text.generic", 0.2))
    assert _assess(*habits, *weak).level == "high"
    assert _assess(*habits, weak[0]).level == "low"


def test_counter_evidence_lowers_the_score_and_is_shown() -> None:
    against = (("fact.logistics", 1.2), ("behaviour.bad_ratio", 2.2), ("text.offsite", 1.5))
    with_counter = _assess(*against, ("counter.quality_refund", -1.5))
    assert with_counter.score < _assess(*against).score
    assert "counter.quality_refund" in {signal.code for signal in with_counter.signals}


@pytest.mark.parametrize("level", ["none", "medium", "high"])
def test_hazard_goes_first_whatever_the_suspicion(level: str) -> None:
    signals = {
        "none": (),
        "medium": (("text.extortion", 4.6),),
        "high": (("text.extortion", 4.6), ("behaviour.bad_ratio", 2.2)),
    }[level]
    assert _assess(*signals, severity="hazard").advice == "review_first"


def test_good_and_neutral_reviews_are_not_judged() -> None:
    for sentiment in (POSITIVE, NEUTRAL):
        suspicion = _assess(
            ("behaviour.bad_ratio", 2.2), review=say("好", rating=5), sentiment=sentiment
        )
        assert (suspicion.score, suspicion.level, suspicion.signals) == (0.0, "none", ())


def test_negative_text_or_low_stars_make_a_bad_review() -> None:
    assert _assess(review=say("差", rating=5)).level == "low"
    assert _assess(review=say("差", rating=None)).level == "low"
    assert _assess(review=say("两小时才到", rating=1), sentiment=NEUTRAL).level == "low"


def test_low_stars_over_praise_are_judged_only_when_facts_show_spite() -> None:
    review = say("很好", rating=1)
    slip = _assess(("text.rating_mismatch", 0.8), review=review, sentiment=POSITIVE)
    assert slip.level == "none"
    spite = _assess(
        ("text.rating_mismatch", 0.8),
        ("behaviour.bad_ratio", 2.2),
        review=review,
        sentiment=POSITIVE,
    )
    assert spite.level != "none"


def test_demand_is_judged_even_where_the_text_reads_mild() -> None:
    levels = [
        _assess(("text.extortion", 4.6), review=say("好", rating=stars), sentiment=NEUTRAL).level
        for stars in (None, 3, 4, 5)
    ]
    assert levels == ["medium", "medium", "none", "none"], "five stars are given for nothing"


def test_whisper_ranks_but_makes_no_family_speak() -> None:
    """`behaviour.thin` counts in the sum and is not the second family of a verdict."""
    text, weak = ("text.wrong_product", 3.6), ("behaviour.bad_ratio", 0.6)
    assert _assess(text, weak, ("behaviour.thin", 0.6)).level == "low"
    assert _assess(text, weak, ("behaviour.again", 0.6)).level == "medium"
    assert _assess(text, ("behaviour.thin", 0.6)).score > _assess(text).score


@pytest.mark.parametrize("code", ["behaviour.refund_habit", "behaviour.bait_refund"])
def test_a_record_is_shown_and_not_counted_where_a_danger_is_told(code: str) -> None:
    record, ratio = (code, 3.2), ("behaviour.bad_ratio", 1.0)
    assert _assess(record, ratio).level == "medium"
    danger = _assess(record, ratio, severity="hazard")
    assert danger.score == _assess(ratio).score
    assert danger.advice == "review_first"
    assert code in {signal.code for signal in danger.signals}
    assert _assess(("fact.time", 4.0), severity="hazard").level == "medium"


@pytest.mark.parametrize(
    ("signals", "level"),
    [
        ((("behaviour.synchrony", 3.0),), "low"),
        ((("behaviour.synchrony", 3.0), ("behaviour.account.series", 0.8)), "medium"),
        ((("behaviour.synchrony", 2.9), ("behaviour.account.series", 1.5)), "low"),
        ((("behaviour.refund_habit", 1.4), ("behaviour.bad_ratio", 2.8)), "medium"),
        ((("behaviour.refund_habit", 1.3), ("behaviour.bad_ratio", 2.8)), "low"),
    ],
)
def test_what_makes_conduct_a_hard_fact(signals: tuple[tuple[str, float], ...], level: str) -> None:
    assert _assess(*signals).level == level


@pytest.mark.parametrize("code", ["text.threat", "text.extortion"])
@pytest.mark.parametrize("excuse", ["balanced_history", "images", "detail"])
def test_neither_record_nor_goods_unsay_a_plain_threat_or_demand(code: str, excuse: str) -> None:
    excused = (f"counter.{excuse}", -1.6)
    plain = _assess((code, 4.2), excused)
    assert plain.score == _assess((code, 4.2)).score
    assert [(s.code, s.reason) for s in plain.signals] == [
        (code, "因为"),
        (excused[0], "因为(此处不计分)"),
    ]
    assert _assess((code, 2.0), excused).score < _assess((code, 2.0)).score


def test_the_goods_count_where_much_may_be_owed() -> None:
    demand = ("text.extortion", 4.2)
    goods = (("counter.images", -0.9), ("counter.detail", -0.7))
    assert 0.4 < _assess(demand, goods[0], severity="major").score < 0.5
    assert _assess(demand, goods[0], severity="major").level == "medium"
    for severity in ("major", "hazard"):
        assert _assess(demand, *goods, severity=severity).level == "low"
    assert _assess(demand, *goods, severity="minor").level == "medium"
    threat = _assess(("text.threat", 4.4), *goods, severity="major")
    assert threat.score == _assess(("text.threat", 4.4), severity="major").score


def test_a_refund_for_quality_counts_beside_a_threat() -> None:
    assert _assess(("text.threat", 4.4), ("counter.quality_refund", -1.4)).score < 0.6


def test_families_are_capped_both_ways() -> None:
    policy = default_suspicion_policy()
    sums = family_sums(
        [Signal("text.extortion", 99, ""), Signal("counter.images", -99, "")], policy
    )
    assert sums["text"] == policy.families["text"]
    assert sums["counter"] == -policy.families["counter"]


def test_silent_and_missing_signals_are_left_out() -> None:
    review = say("差")
    view = view_of(review)
    silent = [Signal("text.offsite", 0.0, ""), Signal("fact.time", 0.0, "", missing="order")]
    assert assess_suspicion(review, view, silent).signals == ()
