"""What the labels of somebody's checkpoint mean here: a small file that says it label by label.

    {"催单": "presses", "问手机号": "asks:phone", "问尺码": "purpose:sizing", "正常": null}

Every label of the checkpoint stands in it, so that none is forgotten; null states nothing.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import yaml

from nlp_service.errors import ModelError
from nlp_service.inference.linear import Floats

NAMES = ("label_map.json", "label_map.yaml", "label_map.yml")
_SHOWN = 8  # names in one error message
_NULL = "tag:yaml.org,2002:null"
_Pairs = list[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class LabelMap:
    """`facts[i]` is what label i of the checkpoint states; None states nothing."""

    facts: tuple[str | None, ...]

    @property
    def stated(self) -> tuple[str, ...]:
        """The facts that can be stated, each once."""
        return tuple(dict.fromkeys(fact for fact in self.facts if fact is not None))

    def fold(self, probs: Floats, *, exclusive: bool) -> Floats:
        """Probs of labels `(N, L)` as probs of `stated` `(N, F)`.

        Where several labels state one fact, exclusive ones are added up; else the strongest counts.
        """
        folded = np.zeros((len(probs), len(self.stated)), np.float32)
        for column, fact in enumerate(self.stated):
            part = probs[:, [number for number, stated in enumerate(self.facts) if stated == fact]]
            folded[:, column] = part.sum(axis=1).clip(max=1.0) if exclusive else part.max(axis=1)
        return folded


def find_label_map(directory: Path) -> Path:
    """The label map in a checkpoint's directory; raises ModelError unless there is exactly one."""
    found = [directory / name for name in NAMES if (directory / name).is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise ModelError(f"checkpoint {directory.name} has {names}; leave one of them")
    if not found:
        raise ModelError(
            f"checkpoint {directory.name} has no label map; put {NAMES[0]} or {NAMES[1]} into it, "
            "or name a file with --labels: one fact or null for each of its labels"
        )
    return found[0]


def read_label_map(path: Path, labels: Sequence[str], known: Collection[str]) -> LabelMap:
    """The map of a checkpoint with `labels`; `known` are the facts that exist.

    Raises ModelError naming the label and the remedy.
    """
    given = _read(path)
    _refuse_repeated(path, [label for label, _ in given])
    facts = dict(given)
    if strange := [label for label in facts if label not in labels]:
        raise ModelError(
            f"label map {path.name}: {_quoted(strange)} is no label of the checkpoint; "
            f"its config.json (id2label) has {_quoted(labels)}"
        )
    if lacking := [label for label in labels if label not in facts]:
        raise ModelError(
            f"label map {path.name} lacks {_quoted(lacking)}; "
            "give each label of the checkpoint a fact, or null where it states nothing"
        )
    mapped = LabelMap(tuple(_fact(path, label, facts[label], known) for label in labels))
    if not mapped.stated:
        raise ModelError(f"label map {path.name} has only null; nothing would ever be found")
    return mapped


def _fact(path: Path, label: str, value: object, known: Collection[str]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ModelError(f"label map {path.name}: {_quoted([label])} needs one fact or null")
    if value in known:
        return value
    near = get_close_matches(value, sorted(known), n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"the facts are {', '.join(sorted(known))}"
    raise ModelError(f"label map {path.name}: {_quoted([label])}: {value!r} is no fact; {remedy}")


def _refuse_repeated(path: Path, labels: Sequence[str]) -> None:
    if twice := [label for label in dict.fromkeys(labels) if labels.count(label) > 1]:
        raise ModelError(f"label map {path.name}: {_quoted(twice)} stands there twice; keep one")


def _read(path: Path) -> _Pairs:
    """Labels and values in order, repeated ones too."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _json_pairs(text) if path.suffix == ".json" else list(_yaml_pairs(text))
    except OSError as error:
        raise ModelError(f"label map {path.name} cannot be read: {error.strerror}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise ModelError(
            f"label map {path.name} is no mapping of labels to facts, in UTF-8: {error}"
        ) from error


def _json_pairs(text: str) -> _Pairs:
    content = json.loads(text, object_pairs_hook=_Object)
    if not isinstance(content, _Object):
        raise ValueError("the outermost value must be an object")
    return list(content)


class _Object(list[tuple[str, object]]):
    """A JSON object with its repeated keys."""


def _yaml_pairs(text: str) -> Iterable[tuple[str, object]]:
    """From the nodes, so that a label such as `no` or `1` stays the word that it is."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        raise ValueError("the outermost value must be a mapping")
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ValueError("a label must be one word")
        scalar = value.value if isinstance(value, yaml.ScalarNode) else value
        yield key.value, None if value.tag == _NULL else scalar


def _quoted(labels: Sequence[str]) -> str:
    shown = ", ".join(f'"{label}"' for label in labels[:_SHOWN])
    return f"{shown} and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else shown
