"""What all recogniser tables share: run everything on a raw text and keep one kind.

The generators compute check digits on their own, not with the code under test.
"""

from nlp_service.domain import Entity
from nlp_service.recognizers import recognize
from nlp_service.text.normalize import normalize

Row = tuple[str, list[str]]


def entities(text: str, own: tuple[str, ...] = ()) -> tuple[Entity, ...]:
    """All entities of a raw text."""
    return recognize(normalize(text), own_numbers=own)


def found(text: str, *kinds: str) -> list[str]:
    """The raw stretches of the given kinds, in order."""
    return [text[e.start : e.end] for e in entities(text) if e.kind in kinds]


def kinds(text: str) -> list[str]:
    """The kinds found, in order."""
    return [entity.kind for entity in entities(text)]


def card(head: str, size: int) -> str:
    """A card number with a fitting last digit: `head`, filler digits, check digit."""
    body = (head + "0213405718394057")[: size - 1]
    total = 0
    for place, digit in enumerate(reversed(body), start=1):
        number = int(digit) * (2 if place % 2 else 1)
        total += number // 10 + number % 10
    return body + str(-total % 10)


def identity(region: str, born: str, order: str) -> str:
    """An 18-character identity number with a fitting last character."""
    body = region + born + order
    rest = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body)) % 11
    # The sum of all 18 weighted places must leave 1 (ISO 7064 MOD 11-2).
    check = (1 - rest) % 11
    return body + ("X" if check == 10 else str(check))


def spaced(number: str, *sizes: int, sign: str = " ") -> str:
    """The number cut into groups of `sizes`."""
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return sign.join(parts)
