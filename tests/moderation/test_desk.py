"""The desk over both databases: what its steps mean for buyers, and who may take them."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from nlp_service.buyers import BuyerBook
from nlp_service.contract.moderation import ItemAnswer
from nlp_service.errors import ClientError, ConflictError, NotFoundError
from nlp_service.moderation.desk import ModerationDesk
from nlp_service.risk.events import RiskEvent
from nlp_service.storage.store import Store
from tests.moderation.cases import report, review, score
from tests.moderation.conftest import Clock

MALICIOUS = {"decision": "malicious", "reason": "要挟"}


def put(desk: ModerationDesk, name: str = "r-1", **changes: Any) -> str:
    assert desk.put_review(review(name, **changes), score())
    keys = {item.item for item in desk.listed(limit=50) if item.kind == "review"}
    return next(key for key in keys if (desk.case(key).content or {})["review"]["id"] == name)


def decided(desk: ModerationDesk, who: str = "mod-1", **changes: Any) -> str:
    key = put(desk, **changes)
    desk.claim(key, who)
    desk.decide(key, who, **MALICIOUS)
    return key


def points(book: BuyerBook, buyer: str = "b-7") -> dict[str, float]:
    return {signal.code: signal.points for signal in book.profile(buyer).signals}


def kinds(store: Store, buyer: str = "b-7") -> list[str]:
    with store.reading() as unit:
        assert unit.verify() is None
        return [event.kind for event in unit.events.of_buyer(buyer)]


def test_review_waits_once_and_only_if_a_person_is_needed(desk: ModerationDesk) -> None:
    assert not desk.put_review(review(), score(advice="none"))
    assert desk.put_review(review(), score())
    assert not desk.put_review(review(), score())
    (item,) = desk.listed(limit=50)
    assert (item.kind, item.state, item.excerpt) == ("review", "open", review().text)


def test_evidence_stands_on_two_sides(desk: ModerationDesk) -> None:
    case = desk.case(put(desk))
    assert [(e.code, e.spans) for e in case.evidence.against] == [("text.extortion", [(3, 16)])]
    assert [e.code for e in case.evidence.in_favour] == ["counter.images"]
    assert case.decisions == ["genuine", "malicious", "unclear"]
    assert [step.kind for step in case.history] == ["queue.put"]


def test_hazards_first_then_suspicion_times_harm_times_age(
    desk: ModerationDesk, clock: Clock
) -> None:
    rows = [
        ("old and mild", score(0.5, "none", ())),  # 0.5 x 0.25 x 10 days
        ("sure to be honest", score(0.0, "major", ())),
        ("suspicious", score(0.9, "major", ())),  # 0.9 x 0.75 x 1 day
        ("hazard", score(0.01, "hazard", ())),
    ]
    days = {"old and mild": 10, "sure to be honest": 10, "suspicious": 1, "hazard": 0}
    start = clock.now
    for name, found in rows:
        clock.now = start - timedelta(days=days[name])
        desk.put_review(review(name, text=name), found)
    clock.now = start + timedelta(minutes=1)
    assert [item.excerpt for item in desk.listed(limit=50)] == [
        "hazard",
        "old and mild",
        "suspicious",
        "sure to be honest",
    ]


def test_decision_stands_in_the_profile_as_long_as_it_stands(
    desk: ModerationDesk, book: BuyerBook, store: Store, clock: Clock
) -> None:
    key = decided(desk)
    assert points(book) == {"malicious_review": 56.0}
    clock.go_on(1)
    desk.undo(key, "mod-1")
    assert (points(book), kinds(store)) == ({}, [])
    desk.claim(key, "mod-1")
    desk.decide(key, "mod-1", **MALICIOUS)
    assert points(book) == {"malicious_review": 56.0}
    desk.appeal(key, "mod-2", reason="请再看")
    assert (points(book), kinds(store)) == ({}, [])
    desk.claim(key, "mod-3")
    case = desk.decide(key, "mod-3", decision="genuine", reason="图文相符")
    assert (points(book), kinds(store)) == ({}, ["review_confirmed_genuine"])
    assert (case.decision, case.appealed_decision) == ("genuine", "malicious")
    assert (case.reason, case.appeal, case.appealed_reason) == ("图文相符", "请再看", "要挟")
    with store.reading() as unit:
        told = [change.profile["score"] for change in unit.changes.after(0, 50)]
    assert told[:4] == [56.0, 0.0, 56.0, 0.0]


def test_unclear_says_nothing_of_the_buyer(desk: ModerationDesk, store: Store) -> None:
    key = put(desk)
    desk.claim(key, "m")
    desk.decide(key, "m", decision="unclear", reason="看不出")
    assert kinds(store) == []


def test_review_without_buyer_can_be_decided(desk: ModerationDesk) -> None:
    key = decided(desk, buyer_id=None)
    assert desk.case(key).decision == "malicious"
    assert desk.undo(key, "mod-1").state == "open"


def test_upheld_appeal_clears_the_profile_until_it_is_undone(
    desk: ModerationDesk, book: BuyerBook, clock: Clock
) -> None:
    decided(desk)
    assert book.appeal("b-7", "a-1", "我是正常买家")
    (item,) = desk.listed(limit=50)
    case = desk.claim(item.item, "mod-2")
    assert case.evidence.against[0].code == "malicious_review"
    clock.go_on(1)
    desk.decide(item.item, "mod-2", decision="upheld", reason="有图为证")
    assert points(book) == {}
    desk.undo(item.item, "mod-2")
    assert "malicious_review" in points(book)


def test_appeals_of_two_buyers_may_have_the_same_id(book: BuyerBook, desk: ModerationDesk) -> None:
    assert book.appeal("b-7", "a-1", "我是正常买家")
    assert book.appeal("b-8", "a-1", "我也是")
    assert not book.appeal("b-8", "a-1", "我也是")
    assert len(desk.listed(limit=50, kind="risk_appeal")) == 2


def test_report_says_nothing_against_its_buyer(desk: ModerationDesk, store: Store) -> None:
    for number, decision in enumerate(("upheld", "dismissed")):
        key, is_new = desk.put_report(report(report_id=f"p-{number}"), None)
        assert is_new
        desk.claim(key, "m")
        desk.decide(key, "m", decision=decision, reason="看过了")
    assert kinds(store) == []


def test_report_comes_once_and_not_with_other_content(desk: ModerationDesk) -> None:
    key, _ = desk.put_report(report(), None)
    assert desk.put_report(report(), None) == (key, False)
    with pytest.raises(ConflictError) as caught:
        desk.put_report(report(reason="另一件事"), None)
    assert caught.value.field == "report_id"
    assert "另一件事" not in caught.value.detail
    assert desk.put_report(report(buyer_id="b-8"), None)[1]


def test_decision_of_another_kind_is_refused_and_changes_nothing(desk: ModerationDesk) -> None:
    key = put(desk)
    desk.claim(key, "m")
    with pytest.raises(ClientError, match="genuine, malicious, unclear") as caught:
        desk.decide(key, "m", decision="upheld", reason="是的")
    assert caught.value.field == "decision"
    assert desk.case(key).state == "claimed"


def test_claim_that_ran_out_counts_as_given_back(desk: ModerationDesk, clock: Clock) -> None:
    key = put(desk)
    assert desk.claim(key, "mod-1").state == "claimed"
    assert (desk.listed(limit=50), len(desk.listed("claimed", limit=50))) == ([], 1)
    clock.go_on(15)
    (item,) = desk.listed(limit=50)
    assert (item.state, item.claim_expires_at) == ("open", None)
    assert desk.listed("claimed", limit=50) == []
    desk.claim(key, "mod-2")
    with pytest.raises(ConflictError):
        desk.decide(key, "mod-1", **MALICIOUS)


def test_lists_of_a_moderator(desk: ModerationDesk, clock: Clock) -> None:
    first, second = decided(desk, name="r-1"), put(desk, name="r-2")
    clock.go_on(1)
    desk.claim(second, "mod-2")
    third = decided(desk, "mod-2", name="r-3")
    assert [i.item for i in desk.listed("decided", limit=50)] == [third, first]
    assert [i.item for i in desk.listed("decided", limit=50, moderator="mod-1")] == [first]
    assert [i.item for i in desk.listed("claimed", limit=50, moderator="mod-2")] == [second]
    assert desk.listed("claimed", limit=50, moderator="mod-1") == []
    assert desk.listed("decided", limit=50, kind="chat_report") == []


def test_item_is_found_by_the_start_of_its_key(desk: ModerationDesk) -> None:
    keys = [put(desk, name=f"r-{n}") for n in range(3)]
    for key in keys:
        assert desk.find(key[:12]) == desk.find(key) == key
    many = [put(desk, name=f"s-{n}") for n in range(17)]  # two of them share the first character
    shared = next(k for k in many if sum(o[0] == k[0] for o in [*keys, *many]) > 1)
    with pytest.raises(ClientError, match="type more"):
        desk.find(shared[0])


@pytest.mark.parametrize("name", ["", "zz", "%", "ab" * 33, "a\x00b", "张三"])
def test_what_cannot_be_a_key_is_not_found(desk: ModerationDesk, name: str) -> None:
    for step in (desk.find, desk.case, lambda key: desk.claim(key, "m")):
        with pytest.raises(NotFoundError) as caught:
            step(name)
        assert "张三" not in caught.value.detail


def test_erased_buyer_leaves_no_item(desk: ModerationDesk, book: BuyerBook) -> None:
    key = decided(desk)
    assert book.erase("b-7")
    with pytest.raises(NotFoundError):
        desk.case(key)
    with pytest.raises(NotFoundError):
        desk.undo(key, "mod-1")


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act(0)` … `act(count - 1)` give at once; errors stand in the place of results."""
    found: list[Any] = []

    def run(number: int) -> None:
        try:
            found.append(act(number))
        except (ConflictError, NotFoundError) as error:
            found.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == count
    return found


def test_of_two_claimers_one_wins(desk: ModerationDesk) -> None:
    key = put(desk)
    found = together(4, lambda n: desk.claim(key, f"mod-{n}"))
    assert [type(one) for one in found].count(ItemAnswer) == 1


def test_everybody_who_asks_for_the_next_gets_another(desk: ModerationDesk) -> None:
    keys = {put(desk, name=f"r-{n}", buyer_id=f"b-{n}") for n in range(4)}
    found = together(4, lambda n: desk.claim_next(f"mod-{n}"))
    assert {case.item for case in found} == keys
    assert desk.claim_next("mod-9") is None


def test_next_is_none_in_which_one_had_a_part(desk: ModerationDesk) -> None:
    key = decided(desk)
    desk.appeal(key, "mod-2", reason="请再看")
    assert desk.claim_next("mod-1") is None
    assert desk.claim_next("mod-2") is None
    assert desk.claim_next("mod-3", "chat_report") is None
    found = desk.claim_next("mod-3", "review")
    assert found is not None
    assert found.item == key


def test_deciding_and_erasing_at_once_end_in_a_whole_store(
    desk: ModerationDesk, book: BuyerBook, store: Store
) -> None:
    for round_ in range(5):
        key = put(desk, name=f"r-{round_}")
        desk.claim(key, "m")

        def act(number: int, key: str = key) -> object:
            return desk.decide(key, "m", **MALICIOUS) if number else book.erase("b-7")

        assert len(together(2, act)) == 2
        book.erase("b-7")
        assert kinds(store) == []


def test_event_of_a_caller_is_never_taken_back(desk: ModerationDesk, book: BuyerBook) -> None:
    at = desk.case(put(desk)).created_at
    book.add("b-7", [RiskEvent("e-1", "b-7", "review_confirmed_malicious", at, order_id="o-9")])
    key = put(desk, name="r-2")
    desk.claim(key, "m")
    desk.decide(key, "m", **MALICIOUS)
    desk.undo(key, "m")
    assert points(book) == {"malicious_review": 56.0}
