"""Fitting an encoder: what several fits beside each other give."""

from dataclasses import replace
from pathlib import Path

import torch

from nlp_service.inference.transcript import TranscriptMaker
from nlp_service.training.chat_corpus import Record
from nlp_service.training.encoder_batches import Columns
from nlp_service.training.encoder_examples import ExampleMaker
from nlp_service.training.encoder_fit import FitPlan, fit_encoder
from nlp_service.training.pretrain_tokens import tokenizer_of
from tests.training.pretrain_texts import save_tiny_encoder

TEXTS = ["亲月薪多少呀", "包裹明天就到", "一年挣多少", "尺码偏小一码"]
TOKENIZER = tokenizer_of(TEXTS, min_count=1)
COLUMNS = Columns(("act:asks:income",), spoken=("act:",))
PLAN = FitPlan(batch_tokens=32, seed=4)


def _record(number: int, text: str) -> Record:
    facts = (("asks:income", 0, len(text)),) if "多少" in text else ()
    return Record(f"x-{number}", "x", text, facts, (), frozenset(), (), {})


def test_several_fits_are_averaged(tmp_path: Path) -> None:
    save_tiny_encoder(tmp_path, TEXTS)
    examples = [e for n, text in enumerate(TEXTS) for e in _making(COLUMNS).of(_record(n, text))]

    start = tmp_path / "start"  # one that knows the columns: nothing in it begins at random
    fit_encoder(tmp_path, TOKENIZER, [examples], COLUMNS, PLAN).save_pretrained(start)

    def weights(plan: FitPlan) -> dict[str, torch.Tensor]:
        model = fit_encoder(start, TOKENIZER, [examples] * 2, COLUMNS, plan)
        return dict(model.state_dict())

    one, other = (weights(replace(PLAN, seed=seed)) for seed in (4, 5))
    both = weights(replace(PLAN, fits=2))
    name = "classifier.weight"
    assert not torch.allclose(one[name], other[name], atol=1e-5)
    for name, value in both.items():
        torch.testing.assert_close(value, (one[name] + other[name]) / 2, atol=1e-4, rtol=1e-3)


def test_the_start_keeps_its_share_of_what_it_knows(tmp_path: Path) -> None:
    save_tiny_encoder(tmp_path, TEXTS)
    examples = [e for n, text in enumerate(TEXTS) for e in _making(COLUMNS).of(_record(n, text))]
    start = tmp_path / "start"
    begun = fit_encoder(tmp_path, TOKENIZER, [examples], COLUMNS, PLAN)
    begun.save_pretrained(start)
    new = Columns((*COLUMNS.names, "act:asks:age"), spoken=("act:",))
    more = [e for n, text in enumerate(TEXTS) for e in _making(new).of(_record(n, text))]

    fitted, kept = (
        fit_encoder(
            start, TOKENIZER, [more] * 2, new, replace(PLAN, start_share=share)
        ).state_dict()
        for share in (0.0, 0.25)
    )
    old = begun.state_dict()
    for name, value in kept.items():
        if not name.startswith("classifier."):
            expected = 0.75 * fitted[name] + 0.25 * old[name]
            torch.testing.assert_close(value, expected, atol=1e-5, rtol=1e-4)
    head, before = "classifier.weight", old["classifier.weight"]
    torch.testing.assert_close(kept[head][1], fitted[head][1])
    assert not torch.allclose(fitted[head][0], before[0], atol=1e-4)
    expected = 0.75 * fitted[head][0] + 0.25 * before[0]
    torch.testing.assert_close(kept[head][0], expected, atol=1e-5, rtol=1e-4)


def _making(columns: Columns) -> ExampleMaker:
    return ExampleMaker(TranscriptMaker(TOKENIZER.backend_tokenizer), columns)
