"""The model card of the chat check: data, voices, figures beside the baselines, limits."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp_service.training.chat_corpus import Record
from nlp_service.training.chat_report import Scores
from nlp_service.training.chat_split import Split

_FAMILIES = ("privacy", "upsell", "fraud", "review", "offsite", "conduct", "service")
Figures = Mapping[str, Any]


def _family(name: str) -> Callable[[Figures], Any]:
    return lambda found: found["families"].get(name, {}).get("f1")


_ROWS: dict[str, Callable[[Figures], Any]] = {
    "micro-F1": lambda found: found["micro"]["f1"],
    "precision": lambda found: found["micro"]["precision"],
    "recall": lambda found: found["micro"]["recall"],
    **{f"F1 {name}": _family(name) for name in _FAMILIES},
    "credential recall": lambda found: found["labels"].get("privacy.credential", {}).get("recall"),
    "context pairs both right": lambda found: found["pairs_both_right"],
    "evasions caught": lambda found: found["evasion_recall"],
    "false alarms on compliant messages": lambda found: found["false_alarm_share"],
    "wrong blocks": lambda found: found["wrong_block_share"],
    "action right": lambda found: found["action_accuracy"],
    "calibration error": lambda found: found["expected_calibration_error"],
}


def write_card(
    path: Path,
    scores: Mapping[str, Scores],
    split: Split,
    *,
    real: int,
    version: int,
    pretrained: Path,
    fits: int,
) -> None:
    """Write the card beside the encoder; `scores` are by system over the test voices, the shipped
    one first."""
    shape = json.loads((path.parent / "config.json").read_text(encoding="utf-8"))
    figures = {name: found.to_json() for name, found in scores.items()}
    text = _CARD.format(
        train=_voices(split.train),
        dev=_voices(split.dev),
        test=_voices(split.test),
        real=real,
        version=version,
        layers=shape["num_hidden_layers"],
        width=shape["hidden_size"],
        pretrained="/".join(pretrained.parts[-2:]),
        fits=fits,
        table=_table(figures),
        messages=next(iter(figures.values()))["messages"],
    )
    path.write_text(text, encoding="utf-8")


def _voices(records: Sequence[Record]) -> str:
    shares = Counter(record.author for record in records)
    return ", ".join(f"{author} {count}" for author, count in sorted(shares.items()))


def _table(figures: Mapping[str, Figures]) -> str:
    head = ["| |", *(f" {name} |" for name in figures)]
    rows = ["".join(head), "|---" * (len(figures) + 1) + "|"]
    for name, pick in _ROWS.items():
        rows.append(f"| {name} |" + "".join(f" {pick(found)} |" for found in figures.values()))
    return "\n".join(rows)


_CARD = """# chat-guard {version}

A small Chinese encoder ({layers} layers of {width}, fine-tuned from `{pretrained}`, fits averaged:
{fits}) that reads a talk in one pass, blended with linear models over hashed character n-grams.
They state facts: acts and purposes of the merchant's message with their words, tags of buyer turns,
and hint at the verdict. Labels come from the policy.

## Data
Messages written for this project (corpora/chat), one voice a file, number of messages:
- training: {train}
- development (blend and calibration): {dev}
- test (never seen, near-copies of theirs left out of training): {test}

Beside them (at double weight where they state a fact): {real} real agent turns of
public customer-service data (JDDC samples, NTCIR-STC3), four fifths, chosen by a digest. What they
ask, offer or dodge was marked by one reader (corpora/chat/public, by digest, no text), the verdict
is the policy's; the other fifth is only measured on.

## Figures
Over the {messages} messages of the test voices, all systems in one run (metrics.json has more):

{table}

## Limits
The messages are written, not collected, by language models under different briefs: real violations
are rarer, duller and more repetitive, and the test voices share the annotators' reading of the
policy. Rare attributes (religion, school, family details) rest on few examples. Irony and indirect
wording are often missed. Turns beyond a window are read without what follows them.
"""
