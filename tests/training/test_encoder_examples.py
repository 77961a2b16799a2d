"""Annotated talks as windows with targets, and what a slip of the hand does to them."""

from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer

from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.training.chat import examples_of, real_examples, turned_by_context
from nlp_service.training.chat_corpus import Record
from nlp_service.training.disguise import Disguiser
from nlp_service.training.encoder_batches import Columns, Example, batch_of, with_hidden
from nlp_service.training.encoder_examples import ExampleMaker, columns_of
from nlp_service.training.pretrain_tokens import FIRST_PLAIN_ID, tokenizer_of

TEXT = "亲,您月薪多少呀"
TOKENIZER = tokenizer_of([TEXT, "不用了谢谢", "服装售前连衣裙", "yue xin"] * 5, min_count=1)
BACKEND: Tokenizer = TOKENIZER.backend_tokenizer
COLUMNS = Columns(
    (
        "act:asks:income",
        "act:pitches",
        "buyer:refuse:pitch",
        "code:privacy.personal",
        "for:curious",
    ),
    spoken=("act:",),
)


def _record(text: str = TEXT, said: str = "月薪多少") -> Record:
    start = text.index(said)
    return Record(
        id="x-1",
        author="x",
        text=text,
        facts=(("asks:income", start, start + len(said)),),
        labels=("privacy.personal:warn",),
        purposes=frozenset({"curious"}),
        kinds=(),
        context={
            "category": "apparel",
            "history": [
                {"role": "buyer", "text": "不用了谢谢", "tags": ["refuse:pitch"]},
                {"role": "merchant", "text": "亲"},
            ],
        },
    )


def _example(record: Record) -> Example:
    (example,) = ExampleMaker(TranscriptMaker(BACKEND), COLUMNS).of(record)
    return example


def _asked(example: Example) -> dict[str, set[str]]:
    """By the token at each place: the columns asked for there, true ones marked."""
    found = {}
    for place, targets, mask in example.turns:
        piece = str(BACKEND.id_to_token(example.ids[place]))
        found[piece] = {
            ("+" if targets[column] else "-") + COLUMNS.names[column]
            for column in np.flatnonzero(mask).tolist()
        }
    return found


def _making() -> ExampleMaker:
    return ExampleMaker(TranscriptMaker(BACKEND), COLUMNS)


def test_each_turn_is_asked_for_what_its_role_can_say() -> None:
    assert _asked(_example(_record())) == {
        "[BUYER]": {"+buyer:refuse:pitch"},
        "[MERCHANT]": {"+act:asks:income", "-act:pitches", "+for:curious"},
        "[CLS]": {"+code:privacy.personal"},
    }


def test_a_message_repeated_without_its_context_is_not_asked_for_its_verdict() -> None:
    told, bare = examples_of([_record()], _making(), ())
    assert _asked(told) == _asked(_example(_record()))
    assert set(_asked(bare)) == {"[MERCHANT]"}


def test_a_real_turn_has_no_context_and_yet_a_verdict() -> None:
    (real,) = real_examples([_record()], _making())
    assert _asked(real) == {
        "[MERCHANT]": {"+act:asks:income", "-act:pitches", "+for:curious"},
        "[CLS]": {"+code:privacy.personal"},
    }


def test_tokens_inside_the_marked_words_say_the_fact() -> None:
    example = _example(_record())
    said = [bool(columns) for columns in example.tokens]
    letters = [BACKEND.id_to_token(n) for n in example.ids[example.first :]][: len(said)]
    assert [letter for letter, is_said in zip(letters, said, strict=True) if is_said] == list(
        "月薪多少"
    )


def test_a_window_of_a_long_message_answers_for_its_own_facts_only() -> None:
    making = ExampleMaker(TranscriptMaker(BACKEND), COLUMNS)
    record = _record("谢" * 400 + TEXT)
    windows = list(making.of(record))
    last = [_asked(window)["[MERCHANT]"] for window in windows]
    assert "-act:asks:income" in last[0]
    assert "+act:asks:income" in last[-1]


def test_columns_need_four_examples() -> None:
    records = [_record()] * 4
    assert "act:asks:income" in columns_of(records).names
    assert "act:asks:income" not in columns_of(records[:3]).names


def test_a_batch_keeps_places_and_weighs_each_message_once() -> None:
    examples = [_example(_record()), _example(_record("您月薪多少"))]
    batch = batch_of(examples, len(COLUMNS.names), pad=0)
    flat = batch.ids.flatten()
    assert {BACKEND.id_to_token(int(flat[place])) for place in batch.places} == {
        *("[CLS]", "[BUYER]", "[MERCHANT]"),
    }
    assert float(batch.token_weights.sum()) == pytest.approx(2.0)
    said = batch.token_places[batch.token_targets[:, 0] > 0]
    assert (
        "".join(str(BACKEND.id_to_token(int(flat[place]))) for place in said) == "月薪多少月薪多少"
    )


def test_words_are_hidden_in_part_and_roles_never() -> None:
    batch = batch_of([_example(_record())] * 40, len(COLUMNS.names), pad=0)
    hidden = int(BACKEND.token_to_id("[MASK]") or 0)
    rng = np.random.default_rng(3)

    altered = with_hidden(batch, 0.4, rng).ids
    hit = altered.eq(hidden)
    assert set(altered[~hit].tolist()) <= set(batch.ids.flatten().tolist())
    assert (altered[~hit] == batch.ids[~hit]).all()
    said = batch.ids[hit].tolist()
    assert not {str(BACKEND.id_to_token(i)) for i in said} & {"[CLS]", "[BUYER]", "[SEP]", "[PAD]"}
    is_word = ~np.isin(batch.ids.numpy(), [*range(FIRST_PLAIN_ID)])
    shares = hit.numpy().sum(1) / is_word.sum(1)
    assert 0.1 < shares.mean() < 0.3
    assert shares.min() < 0.05
    assert shares.max() > 0.3
    assert (with_hidden(batch, 0.0, rng).ids == batch.ids).all()


def test_slips_move_the_targets_along_and_leave_the_context_alone() -> None:
    disguiser = Disguiser(BACKEND, [1] * len(TOKENIZER))
    example = _example(_record())
    rng = np.random.default_rng(0)
    altered = [disguiser.altered(example, rng) for _ in range(300)]
    changed = [one for one in altered if one.ids != example.ids]
    assert 15 < len(changed) < 150
    for one in changed:
        assert one.ids[: one.first] == example.ids[: example.first]
        assert one.ids[-1] == example.ids[-1]
        assert len(one.ids) == one.first + len(one.tokens) + 1
    marked = [one for one in changed if any(one.tokens)]
    assert len(marked) > 0.9 * len(changed)


def test_the_same_generator_slips_in_the_same_way() -> None:
    disguiser = Disguiser(BACKEND, [1] * len(TOKENIZER))
    example = _example(_record())
    one, two = (
        [disguiser.altered(example, np.random.default_rng(s)).ids for s in range(20)]
        for _ in range(2)
    )
    assert one == two


def test_words_that_the_context_turns_weigh_more_and_are_not_learnt_alone() -> None:
    asking = _record()
    silent = replace(asking, facts=(), labels=(), purposes=frozenset(), context={})
    alone = examples_of([asking], _making(), turned_by_context([asking]))
    turned = examples_of([asking, silent], _making(), turned_by_context([asking, silent]))
    assert [len(example.ids) for example in turned] == [len(alone[0].ids), len(alone[1].ids)]
    assert [example.weight for example in alone] == [1.0, 0.5]
    assert [example.weight for example in turned] == [3.0, 3.0]
