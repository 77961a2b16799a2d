"""The one way from a raw text to the text that models and recognisers read.

    raw -> fold (width, case, invisible) -> simplified -> digits -> variants -> NormalizedText

An ordinary text takes a fast way: one table lookup a character, then three searches that find
nothing. Each step proposes edits only; `Draft` keeps the map to the raw offsets.
"""

from nlp_service.text.digits import digit_edits
from nlp_service.text.fold import fold_same_length, fold_with_map
from nlp_service.text.offsets import Draft, NormalizedText, merged
from nlp_service.text.simplified import to_simplified
from nlp_service.text.variants import variant_edits

# Offsets of texts up to the longest review (8,000 characters); longer ones pay for their own.
_POSITIONS = tuple(range(8001))


def normalize(raw: str) -> NormalizedText:
    """Read `raw` as a careful person reads it; never raises, whatever the string holds.

    Offsets are half-open code points of `raw`. Line breaks stay, all else blank gives a space;
    lone surrogates and control characters are dropped.
    """
    folded = fold_same_length(raw)
    draft = fold_with_map(raw) if folded is None else None
    text = to_simplified(draft.text if draft else folded or "")
    digits = digit_edits(text)
    if draft is None and not digits.edits:
        variants = variant_edits(text)
        if not variants.edits:
            return NormalizedText(raw, text, *_identity(len(raw)))
        return _finished(raw, Draft(text, *_identity(len(raw))).rewritten(*variants))
    starts, ends = (draft.starts, draft.ends) if draft else _identity(len(raw))
    read = Draft(text, starts, ends, draft.disguised if draft else ()).rewritten(*digits)
    return _finished(raw, read.rewritten(*variant_edits(read.text)))


def _identity(length: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if length < len(_POSITIONS):
        return _POSITIONS[:length], _POSITIONS[1 : length + 1]
    return tuple(range(length)), tuple(range(1, length + 1))


def _finished(raw: str, draft: Draft) -> NormalizedText:
    starts, ends = tuple(draft.starts), tuple(draft.ends)
    return NormalizedText(raw, draft.text, starts, ends, merged(draft.disguised))
