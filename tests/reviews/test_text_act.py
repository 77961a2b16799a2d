"""From which probability an act of the text speaks: later where it accuses by itself."""

from dataclasses import replace

import pytest

from nlp_service.domain import Span
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.policy import default_suspicion_policy
from nlp_service.reviews.signals import SIGNALS
from tests.reviews.cases import say, view_of

WEIGHTS = default_suspicion_policy().weights


@pytest.mark.parametrize(
    ("code", "act", "score", "share"),
    [
        *(
            (code, act, score, share)
            for code, act in (("text.offsite", "offsite"), ("text.competitor", "steers"))
            for score, share in ((0.19, 0.0), (0.2, 0.25), (0.35, 0.625), (0.5, 1.0), (0.9, 1.0))
        ),
        *(
            (code, act, score, share)
            for code, act in (("text.extortion", "extorts"), ("text.threat", "threatens"))
            for score, share in ((0.5, 0.0), (0.86, 0.0), (0.87, 0.25), (0.9, 1.0))
        ),
    ],
)
def test_an_act_weighs_by_how_surely_it_is_heard(
    code: str, act: str, score: float, share: float
) -> None:
    review = say("这家不行,去看别家")
    view = replace(view_of(review), acts=(ReviewAct(act, score, (Span(0, 4),)),))
    signal = SIGNALS[code](review, view)
    assert signal.weight == pytest.approx(WEIGHTS[code] * share, abs=0.001)
