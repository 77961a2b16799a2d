"""The data file of disguised words, expanded into the literal patterns that are searched for.

    variants.yaml + components.tsv -> words, classes, conditions -> patterns, one dict key each

A pattern is literal text; what may stand around it is a condition (RE2, on a short window).
Unknown keys and classes are errors, so that a slip of the editor does not go unseen.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import re2
import yaml

from nlp_service.errors import PolicyError

# A condition sees this many characters before and after; a cue further off says little.
WINDOW_CHARS = 12

GAPS = ("any", "symbols", "none")
_WORD_KEYS = {"word", "pinyin", "gaps", "sure", "cued", "unless", "keep"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What must stand around a word: one search over `surroundings`, the word itself a NUL."""

    around: Any

    def holds(self, around: bytes) -> bool:
        """Whether these `surroundings` fulfil it."""
        return self.around.search(around) is not None


def surroundings(text: str, start: int, end: int) -> bytes:
    """The few characters before and after `text[start:end]`, in UTF-8, which RE2 reads itself."""
    before, after = text[max(0, start - WINDOW_CHARS) : start], text[end : end + WINDOW_CHARS]
    return f"{before}\0{after}".encode()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A literal that reads as `word`; `lead` and `trail` characters of it stay as they are.

    `joints` are the inner places where pinyin syllables meet: there a space is no surprise.
    An empty `word` marks an ordinary phrase that nothing may touch.
    """

    literal: str
    word: str
    gaps: str = "none"
    lead: int = 0
    trail: int = 0
    joints: frozenset[int] = frozenset()
    needs: Condition | None = None
    unless: Condition | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All patterns by their literal, and the symbols (❤, ➕, 🐴) that occur in them."""

    patterns: Mapping[str, tuple[Pattern, ...]]
    symbols: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Source:
    """The parsed data files."""

    classes: Mapping[str, Sequence[str]]
    conditions: Mapping[str, Condition]
    components: Mapping[str, Sequence[str]]
    words: Sequence[Mapping[str, Any]]


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read and expand the shipped data; raises PolicyError naming the slip."""
    folder = files("nlp_service.text").joinpath("data")
    return build_lexicon(
        folder.joinpath("variants.yaml").read_text("utf-8"),
        folder.joinpath("components.tsv").read_text("utf-8"),
    )


def build_lexicon(variants: str, components: str) -> Lexicon:
    """Expand the two data files, given as text."""
    source = _parse(yaml.load(variants, Loader=_yaml_loader()), components)
    patterns: dict[str, list[Pattern]] = {}
    for entry in source.words:
        for pattern in _word_patterns(entry, source):
            known = patterns.setdefault(pattern.literal, [])
            if pattern not in known:
                known.append(pattern)
    symbols = {sign for literal in patterns for sign in literal if not sign.isalnum()}
    return Lexicon({key: tuple(value) for key, value in patterns.items()}, frozenset(symbols))


def _yaml_loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _parse(document: Mapping[str, Any], components: str) -> _Source:
    _refuse_unknown("variants.yaml", document, {"classes", "conditions", "words", "keep"})
    for entry in document["words"]:
        _refuse_unknown(f"variants.yaml {entry.get('word')}", entry, _WORD_KEYS)
    conditions = {name: _condition(given) for name, given in document["conditions"].items()}
    keep = {"word": "", "keep": document["keep"]}
    classes: dict[str, list[str]] = {}
    for name, members in document["classes"].items():
        classes[name] = [text for member in members for text, _ in _expand(str(member), classes)]
    return _Source(classes, conditions, _components(components), [*document["words"], keep])


def _refuse_unknown(place: str, given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise PolicyError(f"{place}: unknown key {unknown[0]!r}; known are {sorted(known)}")


def _condition(given: Mapping[str, Any]) -> Condition:
    """`before` up to the word or `after` right behind it; with `every` both."""
    _refuse_unknown("variants.yaml condition", given, {"before", "after", "every"})
    sides = [
        shape.format(given[side])
        for side, shape in (("before", r"(?:{})\x00"), ("after", r"\x00(?:{})"))
        if given.get(side)
    ]
    if not sides:
        raise PolicyError("variants.yaml condition: give before, after or both")
    if len(sides) == 2 and given.get("every", False):
        return Condition(re2.compile(sides[0] + sides[1].removeprefix(r"\x00")))
    return Condition(re2.compile("|".join(sides)))


def _components(table: str) -> dict[str, list[str]]:
    rows = (line.split("\t") for line in table.splitlines() if line and line[0] != "#")
    return {character: parts.split() for character, parts in rows}


def _word_patterns(entry: Mapping[str, Any], source: _Source) -> Iterator[Pattern]:
    word, gaps = entry["word"], entry.get("gaps", "none")
    if gaps not in GAPS:
        raise PolicyError(f"variants.yaml {word}: gaps is one of {GAPS}")
    unless = _condition(entry["unless"]) if "unless" in entry else None
    for phrase in entry.get("keep", ()):
        yield from (Pattern(text, "") for text, _ in _expand(str(phrase), source.classes))
    for literal, joints in _spellings(entry, source.components):
        yield Pattern(literal, word, gaps, joints=joints, unless=unless)
    for template in entry.get("sure", ()):
        yield from _written(str(template), entry, source, None, unless)
    for cue, templates in entry.get("cued", {}).items():
        for template in templates:
            yield from _written(str(template), entry, source, _cue(cue, source), unless)


def _cue(name: str, source: _Source) -> Condition:
    if name not in source.conditions:
        raise PolicyError(f"variants.yaml: unknown condition {name!r}")
    return source.conditions[name]


def _written(
    template: str,
    entry: Mapping[str, Any],
    source: _Source,
    needs: Condition | None,
    unless: Condition | None,
) -> Iterator[Pattern]:
    for literal, (lead, trail) in _expand(template, source.classes):
        joints = _space_joints(literal)
        yield Pattern(
            literal.replace(" ", ""),
            entry["word"],
            entry.get("gaps", "none"),
            lead,
            trail,
            joints,
            needs,
            unless,
        )


def _space_joints(literal: str) -> frozenset[int]:
    places = (at for at, character in enumerate(literal) if character == " ")
    return frozenset(at - order for order, at in enumerate(places))


def _expand(
    template: str, classes: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each literal of a template such as `{add}[v]`, with the lengths outside the brackets."""
    pieces = re.split(r"(\{\w+\}|\[|\])", template)
    choices = [_choices(piece, classes) for piece in pieces]
    for chosen in itertools.product(*choices):
        literal = "".join(chosen)
        lead, opened, rest = literal.partition("[")
        _, _, trail = rest.rpartition("]")
        plain = literal.replace("[", "").replace("]", "")
        yield plain, (len(lead), len(trail)) if opened else (0, 0)


def _choices(piece: str, classes: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if not piece.startswith("{"):
        return [piece]
    if piece[1:-1] not in classes:
        raise PolicyError(f"variants.yaml: unknown class {piece}")
    return classes[piece[1:-1]]


def _spellings(
    entry: Mapping[str, Any], components: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, frozenset[int]]]:
    """The word itself and its spellings in pinyin, split or look-alike characters, mixed."""
    word, pinyin = entry["word"], entry.get("pinyin", "").split()
    if not word or (pinyin and len(pinyin) != len(word)):
        return
    choices = []
    for at, character in enumerate(word):
        syllable = pinyin[at : at + 1] if pinyin else []
        choices.append([character, *syllable, *components.get(character, ())])
    for chosen in itertools.product(*choices):
        yield "".join(chosen), frozenset(_joints(chosen))


def _joints(chosen: Sequence[str]) -> Iterator[int]:
    at = 0
    for one, two in itertools.pairwise(chosen):
        at += len(one)
        if one.isascii() and two.isascii():
            yield at
