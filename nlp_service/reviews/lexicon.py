"""The phrase lists of this room, read from data/*.yaml and checked: unknown keys are errors."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import re2
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from nlp_service.domain import ASPECTS
from nlp_service.errors import PolicyError

_BLANK = "\u25a1"  # a sign that no phrase holds
_Schema = TypeVar("_Schema", bound="Strict")


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


def blank_look_alikes(text: str) -> str:
    """The text with product words and figures of speech blanked, offsets kept."""
    pieces, at = [], 0
    for match in _masks().finditer(text):
        pieces += [text[at : match.start()], _BLANK * (match.end() - match.start())]
        at = match.end()
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=1)
def _masks() -> "re2.Pattern":
    masks = severity_lexicon().masks
    return union([*masks.products, *masks.figures])
