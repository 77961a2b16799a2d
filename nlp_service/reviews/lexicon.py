"""The phrase lists of this room, read from data/*.yaml and checked: unknown keys are errors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, TypeVar

import ahocorasick
import re2
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from nlp_service.domain import ASPECTS
from nlp_service.errors import PolicyError
from nlp_service.text.literals import Words, required

_BLANK = "\u25a1"  # a sign that no phrase holds
_SETS = 2  # sets of words a pattern is looked up by; a third spares nothing
_MASKS = "masks"
_Schema = TypeVar("_Schema", bound="Strict")


class Word(NamedTuple):
    """A word that patterns need, where it stands, and which needs it meets."""

    start: int
    end: int
    needs: tuple[int, ...]


class Strict(BaseModel):
    """A frozen piece of policy data that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AspectWords(Strict):
    """Phrases of one aspect: without polarity, and with it."""

    name: str
    cues: list[str]
    positive: list[str]
    negative: list[str]


class AspectLexicon(Strict):
    """Phrases of all aspects; every aspect of the contract must be there."""

    aspects: dict[str, AspectWords]

    @field_validator("aspects")
    @classmethod
    def _complete(cls, value: dict[str, AspectWords]) -> dict[str, AspectWords]:
        if set(value) != set(ASPECTS):
            raise ValueError("must hold exactly the aspects of the contract")
        return value


class Hazard(Strict):
    """One kind of danger; `edible` ones are hazards of food, drugs and cosmetics only."""

    name: str
    patterns: list[str]
    edible: bool = False


class Masks(Strict):
    """Stretches that look like a claim: product words and figures of speech."""

    products: list[str]
    figures: list[str]


class SeverityLexicon(Strict):
    """Patterns (RE2) of each level of severity."""

    masks: Masks
    hazards: dict[str, Hazard]
    major: dict[str, list[str]]
    minor: dict[str, list[str]]
    vague: list[str]

    @field_validator("hazards")
    @classmethod
    def _valid_hazards(cls, value: dict[str, Hazard]) -> dict[str, Hazard]:
        for hazard in value.values():
            _check_patterns(hazard.patterns)
        return value

    @field_validator("major", "minor")
    @classmethod
    def _valid_levels(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for patterns in value.values():
            _check_patterns(patterns)
        return value


def _check_patterns(patterns: list[str]) -> None:
    for pattern in patterns:
        try:
            re2.compile(pattern)
        except re2.error as error:
            raise ValueError(f"pattern {pattern!r} is not RE2: {error}") from error


def parse(schema: type[_Schema], text: str, *, name: str) -> _Schema:
    """Read YAML into `schema`; raises PolicyError naming the file and the key."""
    try:
        return schema.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PolicyError(f"{name} is not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{name}: {place}: {first['msg']}", field=place) from error


def shipped(name: str) -> str:
    """Text of a file of `nlp_service/reviews/data`."""
    return (files("nlp_service.reviews") / "data" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def aspect_lexicon() -> AspectLexicon:
    """The shipped aspect phrases."""
    return parse(AspectLexicon, shipped("aspects.yaml"), name="aspects.yaml")


@lru_cache(maxsize=1)
def severity_lexicon() -> SeverityLexicon:
    """The shipped severity patterns."""
    return parse(SeverityLexicon, shipped("severity.yaml"), name="severity.yaml")


def union(patterns: Sequence[str]) -> "re2.Pattern":
    """One RE2 pattern that matches any of `patterns`."""
    return re2.compile("|".join(f"(?:{pattern})" for pattern in patterns))


class Patterns:
    """RE2 patterns that are searched as `a|b|c` would be, each list of alternatives a group.

        text --words of all patterns, one pass--> patterns that may match there --RE2--> matches

    Few patterns may match a text at all; the others cost nothing.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Raises PolicyError for a pattern that has no word of its own."""
        self._sources = [(group, one) for group, some in groups.items() for one in some]
        self._needs: list[tuple[int, ...]] = []
        self._compiled: dict[int, re2.Pattern] = {}
        words: dict[str, list[int]] = {}
        for number, (_, pattern) in enumerate(self._sources):
            sets = _required(pattern)[:_SETS]
            self._needs.append(tuple(number * _SETS + part for part in range(len(sets))))
            for need, some in zip(self._needs[-1], sets, strict=True):
                for word in some:
                    words.setdefault(word, []).append(need)
        self._automaton = ahocorasick.Automaton()
        for word, needs in words.items():
            self._automaton.add_word(word, (1 - len(word), tuple(needs)))
        self._automaton.make_automaton()

    def words(self, text: str) -> list[Word]:
        """Where words of the patterns stand, by their end."""
        return [
            Word(last + before, last + 1, needs)
            for last, (before, needs) in self._automaton.iter(text)
        ]

    def possible(self, words: Iterable[Word]) -> dict[str, list[int]]:
        """By group the numbers of the patterns that may match where these words stand."""
        stand = {need for word in words for need in word.needs}
        groups: dict[str, list[int]] = {}
        for need in sorted(stand):
            number, part = divmod(need, _SETS)
            # The first set of a pattern is the most telling one.
            if not part and stand.issuperset(self._needs[number]):
                groups.setdefault(self._sources[number][0], []).append(number)
        return groups

    def words_of(self, words: Iterable[Word], numbers: Iterable[int]) -> list[Word]:
        """Those of the words that one of these patterns needs."""
        needs = {need for number in numbers for need in self._needs[number]}
        return [word for word in words if not needs.isdisjoint(word.needs)]

    def matches(self, numbers: Sequence[int], text: str) -> Iterator[tuple[int, int]]:
        """Places of the leftmost matches, none overlapping; at one place the first pattern's."""
        patterns = [self._pattern(number) for number in numbers]
        found = [pattern.search(text) for pattern in patterns]
        while any(found):
            first = min((one for one in found if one), key=lambda one: one.start())
            yield first.span()
            done = first.end()
            found = [
                one if not one or one.start() >= done else pattern.search(text, done)
                for pattern, one in zip(patterns, found, strict=True)
            ]

    def _pattern(self, number: int) -> "re2.Pattern":
        if number not in self._compiled:
            self._compiled[number] = re2.compile(self._sources[number][1])
        return self._compiled[number]


def _required(pattern: str) -> list[Words]:
    try:
        sets = required(pattern)
    except ValueError as error:
        raise PolicyError(f"pattern {pattern!r}: {error}") from error
    if not sets:
        raise PolicyError(f"pattern {pattern!r} has no word that every match holds")
    return sets


def blank_look_alikes(text: str) -> str:
    """The text with product words and figures of speech blanked, offsets kept."""
    patterns = _masks()
    numbers = patterns.possible(patterns.words(text)).get(_MASKS)
    if not numbers:
        return text
    pieces, at = [], 0
    for start, end in patterns.matches(numbers, text):
        pieces += [text[at:start], _BLANK * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=1)
def _masks() -> Patterns:
    masks = severity_lexicon().masks
    return Patterns({_MASKS: [*masks.products, *masks.figures]})
