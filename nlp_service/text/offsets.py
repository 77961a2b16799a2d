"""A text changed character by character, with the way back to the raw offsets.

    raw -> Draft -> edits -> Draft -> ... -> NormalizedText

A `Draft` is the text between two steps; a step proposes `Edit`s on it and never touches offsets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nlp_service.domain import Span


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """`text` as read, and for each of its characters the raw stretch it came from.

    `starts[i]:ends[i]` are half-open code-point offsets into `raw`. One raw character may give
    several (㎏ gives kg), several raw characters may give one (亻言 gives 信); dropped characters
    (zero-width) belong to nobody. `disguised` lists raw stretches that were read as something
    else than they look like (薇 read as 微, one-three-eight in Chinese digits).
    """

    raw: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    disguised: tuple[Span, ...] = ()

    def raw_span(self, start: int, end: int) -> Span:
        """The raw stretch behind `text[start:end]`; an empty stretch gives an empty span."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.raw)
            return Span(at, at)
        return Span(self.starts[start], self.ends[end - 1])


class Edit(NamedTuple):
    """Read `text[start:end]` of a draft as `replacement`."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The text between two steps; `starts` and `ends` as in NormalizedText."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    disguised: tuple[Span, ...] = ()

    def rewritten(self, edits: Sequence[Edit], read: Sequence[tuple[int, int]] = ()) -> "Draft":
        """The draft after `edits` (ordered, not overlapping); `read` adds disguised stretches.

        As many new characters as old ones map one to one; otherwise each new character stands
        for the whole stretch, because no part of 亻言 is the part that means 信.
        """
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for edit in edits:
            text.append(self.text[done : edit.start])
            text.append(edit.replacement)
            starts += self.starts[done : edit.start]
            ends += self.ends[done : edit.start]
            new_starts, new_ends = self._map(edit)
            starts += new_starts
            ends += new_ends
            done = edit.end
        text.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        spans = (Span(self.starts[start], self.ends[end - 1]) for start, end in read)
        return Draft("".join(text), starts, ends, (*self.disguised, *spans))

    def _map(self, edit: Edit) -> tuple[Sequence[int], Sequence[int]]:
        size = len(edit.replacement)
        if size == edit.end - edit.start:
            return self.starts[edit.start : edit.end], self.ends[edit.start : edit.end]
        return [self.starts[edit.start]] * size, [self.ends[edit.end - 1]] * size


def merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same stretches in order, overlapping and touching ones joined."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
