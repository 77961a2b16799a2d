"""What the encoder says of one review, put together from its windows, and which words say it.

logits of every window --mean, loudest--> of the review
                       --tokens---------> which words carry an opinion, a claim or an act
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp_service.domain import Span
from nlp_service.inference.linear import Floats
from nlp_service.inference.transcript import Window
from nlp_service.reviews.clauses import Clause
from nlp_service.text.model_text import ModelText, spans_of

_SPAN_SHARE = 0.5  # tokens at least half as sure as the surest one carry the opinion
_CLEAR = 0.3  # below it a token is not sure enough to carry its opinion
_WORD_CHARS = 2  # a lone letter is no opinion


@dataclass(frozen=True, slots=True)
class Heard:
    """Logits of one review: `mean` and `loudest` `(L,)` over its windows, `tokens` `(C, L)` of the
    stretches `chars` of its model text.
    """

    text: ModelText
    mean: Floats
    loudest: Floats
    tokens: Floats
    chars: tuple[tuple[int, int], ...]

    @property
    def loudest_token(self) -> Floats:
        """`(L,)`; the review itself where it has no token."""
        return np.asarray(self.tokens.max(axis=0) if len(self.chars) else self.loudest)


@dataclass(frozen=True, slots=True)
class Words:
    """What was heard, with the clauses of its text, which those of the normalised text are too."""

    heard: Heard
    clauses: Sequence[Clause]

    def of(self, place: int) -> tuple[Span, ...]:
        """The words whose tokens are sure of column `place`; where none is, the surest's clause."""
        heard = self.heard
        if not heard.chars:
            return ()
        probs = 1 / (1 + np.exp(-heard.tokens[:, place]))
        loud = np.flatnonzero(probs >= max(_SPAN_SHARE * probs.max(), _CLEAR))
        spans = spans_of(heard.text, [heard.chars[number] for number in loud.tolist()])
        words = tuple(span for span in spans if span.end - span.start >= _WORD_CHARS)
        return words or self._clause(int(probs.argmax()))

    def _clause(self, token: int) -> tuple[Span, ...]:
        start, end = self.heard.chars[token]
        around = next((c for c in self.clauses if c.start <= start < c.end), None)
        first, last = around or (start, end)
        return (self.heard.text.raw_span(first, last),)


def heard_from(text: ModelText, windows: Sequence[Window], logits: Sequence[Floats]) -> Heard:
    """A mean by length speaks for sentiment; for what stands in one place the loudest window."""
    if len(windows) == 1:
        window, place = windows[0], logits[0][windows[0].message_place]
        return Heard(text, place, place, _tokens(window, logits[0]), window.chars)
    pairs = list(zip(windows, logits, strict=True))
    places = np.stack([found[window.message_place] for window, found in pairs])
    lengths = [len(window.chars) + 1 for window in windows]
    return Heard(
        text,
        np.average(places, axis=0, weights=lengths).astype(np.float32),
        places.max(axis=0),
        np.concatenate([_tokens(window, found) for window, found in pairs]),
        tuple(chars for window in windows for chars in window.chars),
    )


def _tokens(window: Window, logits: Floats) -> Floats:
    return logits[window.first : window.first + len(window.chars)]
