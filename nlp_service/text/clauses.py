"""Clauses of a normalised message: the unit in which an act is usually said."""

import re

# One character class each: linear, and a loop over matches is faster here than with RE2.
_BREAK = re.compile(r"[。!?;,~、…\n]+|\s+|[.]{2,}")
_END = re.compile(r"[。!?;,~…\n]+ *")
_MIN_CHARS = 3  # shorter pieces ("亲,", "嗯,") join what follows


def clauses(text: str) -> list[tuple[int, int]]:
    """Half-open places of the clauses of `text`, in order, separators left out."""
    pieces: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if _inside_number(text, match.start(), match.end()):
            continue
        if match.start() - start >= _MIN_CHARS:
            pieces.append((start, match.start()))
            start = match.end()
        elif match.start() == start:
            start = match.end()
    if len(text) - start >= _MIN_CHARS or not pieces:
        pieces.append((start, len(text)))
    else:
        pieces[-1] = (pieces[-1][0], len(text.rstrip()))
    return [piece for piece in pieces if piece[1] > piece[0]]


def _inside_number(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open places of the clauses with the punctuation that ends them; spaces do not part."""
    pieces, start = [], 0
    for match in _END.finditer(text):
        if not _inside_number(text, match.start(), match.end()):
            pieces.append((start, match.end()))
            start = match.end()
    return [*pieces, (start, len(text))] if start < len(text) else pieces
