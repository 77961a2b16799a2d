from nlp_service.contract.answers import ChatAnswer, ReviewAnswer
from nlp_service.domain import Entity, Message, Review, Span, Verdict
from tests.fakes import FakeChat, FakeReviews


def test_numbers_have_four_digits_and_spans_are_pairs() -> None:
    answer = ChatAnswer.of(FakeChat().check(Message("m", "身份证"))).model_dump(mode="json")
    assert answer["labels"][0]["score"] == 0.9877
    assert answer["labels"][0]["spans"] == [[2, 5]]


def test_entity_shows_no_value_and_no_score() -> None:
    verdict: Verdict = FakeChat().check(Message("m", "身份证"))
    (entity,) = verdict.entities
    assert isinstance(entity, Entity)
    assert entity.value
    shown = ChatAnswer.of(verdict).model_dump(mode="json")["entities"][0]
    assert list(shown) == ["kind", "start", "end", "masked", "verified"]


def test_fields_stand_in_the_order_of_the_contract() -> None:
    score = FakeReviews().score(Review("r", "垃圾"))
    answer = ReviewAnswer.of(score).model_dump(mode="json")
    order = ["id", "sentiment", "aspects", "severity", "suspicion", "policy", "model"]
    assert list(answer) == order
    assert list(answer["suspicion"]["signals"][0]) == ["code", "weight", "spans", "reason"]
    assert score.suspicion.signals[0].spans == (Span(3, 5),)
