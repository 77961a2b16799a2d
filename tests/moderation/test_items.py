from datetime import UTC, datetime, timedelta

import pytest

from nlp_service.domain import Signal
from nlp_service.moderation.items import calls_for_a_person, item_id, report_item, review_item
from tests.fakes import FakeChat
from tests.moderation.cases import EXTORTION, IMAGES, report, review, score

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
THREAT = Signal("text.threat", 3.0, "威胁")


@pytest.mark.parametrize(("advice", "calls"), [("none", False), ("review", True)])
def test_advice_decides_whether_a_person_is_called(advice: str, calls: bool) -> None:
    assert calls_for_a_person(score(advice=advice)) is calls


@pytest.mark.parametrize(
    ("severity", "signals", "harm", "is_hazard"),
    [
        ("none", (), 0.25, False),
        ("minor", (), 0.5, False),
        ("major", (IMAGES,), 0.75, False),
        ("hazard", (), 1.0, True),
        ("none", (EXTORTION,), 0.75, False),
        ("minor", (EXTORTION, THREAT), 1.0, False),
        ("none", (Signal("text.threat", -0.5, "反证"),), 0.25, False),
    ],
)
def test_harm_is_that_of_the_claim_or_of_the_review_itself(
    severity: str, signals: tuple[Signal, ...], harm: float, is_hazard: bool
) -> None:
    item = review_item(review(), score(0.4, severity, signals), now=NOW)
    assert (item.suspicion, item.harm, item.is_hazard) == (0.4, harm, is_hazard)


def test_body_is_what_was_sent_and_what_was_found() -> None:
    item = review_item(review(posted_at=NOW - timedelta(days=400)), score(), now=NOW)
    assert item.created_at == NOW  # age counts from the arrival
    assert item.body["review"] == {
        "id": "r-1",
        "text": "垃圾,加我微信退我200就改好评",
        "rating": 1,
        "posted_at": "2025-01-25T10:00:00Z",
        "buyer_id": "b-7",
        "merchant_id": "s-9",
        "order": {"order_id": "o-1"},
    }
    assert [s["code"] for s in item.body["score"]["suspicion"]["signals"]] == [
        "text.extortion",
        "counter.images",
    ]


def test_same_shop_id_and_text_are_the_same_item() -> None:
    first = review_item(review(), score(), now=NOW).item_id
    again = review_item(review(rating=2), score(0.5), now=NOW + timedelta(days=1)).item_id
    others = {
        review_item(other, score(), now=NOW).item_id
        for other in (review("r-2"), review(merchant_id="s-8"), review(text="改过的评价"))
    }
    assert first == again
    assert len(others | {first}) == 4
    assert item_id("a", "b") != item_id('a", "b')


def test_report_weighs_even_where_nothing_is_found() -> None:
    engine = FakeChat()
    bad = report(message={"text": "亲,身份证号发一下"})
    found = report_item(bad, engine.check(bad.message.to_message("m")), now=NOW)
    quiet = report_item(report(), engine.check(report().message.to_message("m")), now=NOW)
    unread = report_item(report(), None, now=NOW)
    assert (found.suspicion, found.harm) == (0.98765, 0.75)
    assert (quiet.suspicion, quiet.harm) == (unread.suspicion, unread.harm) == (0.5, 0.5)
    assert unread.body["verdict"] is None
    assert found.body["verdict"]["labels"][0]["code"] == "privacy.identity"
    assert "13800000000" not in repr(found.body)  # raw values of entities stay behind
