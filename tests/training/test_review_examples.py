"""What the review encoder is asked: columns, places, tokens, and what stays unasked."""

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.training.encoder_batches import Columns, Example
from nlp_service.training.pretrain_tokens import tokenizer_of
from nlp_service.training.public_reviews import PublicReview
from nlp_service.training.review_examples import ReviewExampleMaker, columns_of
from tests.training.review_records import DRAFT, records_of

TOKENIZER = tokenizer_of([DRAFT, "数码蓝牙耳机"] * 5, min_count=1)
BACKEND: Tokenizer = TOKENIZER.backend_tokenizer
COLUMNS = Columns(
    (
        "says:positive",
        "says:neutral",
        "level:minor",
        "level:major",
        "level:hazard",
        "hazard:battery",
        "aspect:function+",
        "aspect:packaging-",
        "act:extorts",
        "claim:hazard",
    ),
    spoken=("aspect:", "act:", "claim:"),
)
MAKER = ReviewExampleMaker(TranscriptMaker(BACKEND), COLUMNS)


def _asked(example: Example) -> dict[str, int]:
    """Names of the columns asked at the review's place, with their targets."""
    ((_, targets, mask),) = example.turns
    names = np.array(COLUMNS.names)[mask > 0]
    return {str(name): int(targets[COLUMNS.names.index(name)]) for name in names}


def test_an_annotated_review_answers_for_all_but_claims(tmp_path: Path) -> None:
    (example,) = MAKER.of(records_of(tmp_path)[0])
    assert _asked(example) == {
        "says:positive": 0,
        "says:neutral": 0,
        "level:minor": 1,
        "level:major": 1,
        "level:hazard": 1,
        "hazard:battery": 1,
        "aspect:function+": 1,
        "aspect:packaging-": 1,
        "act:extorts": 0,
    }


def test_tokens_say_what_their_words_say(tmp_path: Path) -> None:
    (example,) = MAKER.of(records_of(tmp_path)[0])
    said = [{COLUMNS.names[n] for n in token} for token in example.tokens]
    assert said[:4] == [{"aspect:function+"}] * 4
    assert said[4] == set()
    assert said[-1] == {"claim:hazard"}


def test_an_act_is_asked_of_review_and_words(tmp_path: Path) -> None:
    draft = "> 三天就散架,[extorts|充电就挂着]\n= negative none\n"
    (example,) = MAKER.of(records_of(tmp_path, draft)[0])
    assert _asked(example)["act:extorts"] == 1
    said = [COLUMNS.names.index("act:extorts") in token for token in example.tokens]
    assert said == [False] * 6 + [True] * 5


def test_a_neutral_review_is_not_asked_for_its_side(tmp_path: Path) -> None:
    (example,) = MAKER.of(records_of(tmp_path)[2])
    asked = _asked(example)
    assert "says:positive" not in asked
    assert asked["says:neutral"] == 1


def test_the_purchase_is_read_only_where_wanted(tmp_path: Path) -> None:
    record = records_of(tmp_path)[0]
    (known,) = MAKER.of(record)
    (bare,) = MAKER.of(record, with_context=False)
    assert len(known.ids) > len(bare.ids)
    assert known.ids[known.first :] == bare.ids[bare.first :]


def test_a_public_review_answers_for_its_sentiment_alone() -> None:
    review = PublicReview.of("发货快", "positive", "reviews_os10", "书籍")
    (stars,) = MAKER.public(review, knows_neutral=False)
    (clause,) = MAKER.public(review, knows_neutral=True)
    assert _asked(stars) == {"says:positive": 1}
    assert _asked(clause) == {"says:positive": 1, "says:neutral": 0}
    assert stars.tokens == ()


def test_a_window_of_a_long_review_answers_for_what_stands_in_it(tmp_path: Path) -> None:
    words = "三天" * 120
    draft = (
        f"> [function+|音质挺好]{words}[safety- hazard:battery|充电烫]\n= negative hazard:battery\n"
    )
    (record,) = records_of(tmp_path, draft)
    first, *_, last = MAKER.of(record)
    assert _asked(first)["aspect:function+"] == 1
    assert _asked(first)["level:hazard"] == 0
    assert _asked(last)["aspect:function+"] == 0
    assert _asked(last)["level:hazard"] == 1
    assert first.weight < 1


def test_rare_opinions_have_no_column(tmp_path: Path) -> None:
    records = records_of(tmp_path)
    names = columns_of(records * 4).names
    assert "aspect:function+" in names
    assert not [name for name in columns_of(records).names if name.startswith("aspect:")]
