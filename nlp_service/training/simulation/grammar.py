"""A small grammar: `[a/b/]` is one of its alternatives, `<name>` is filled from slots.

    "[用了/才用]<used>就[坏了/不行了]" -> compile_clause -> expand -> "才用三天就坏了"

Groups do not nest. Works on our own material only, never on a text that somebody sent.
"""

import re
from collections.abc import Mapping
from functools import cache
from random import Random

_GROUP = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"<([a-z]+)>")

Piece = tuple[str, ...]


@cache
def compile_clause(clause: str) -> tuple[Piece, ...]:
    """The clause as a row of alternatives; plain text is a row of one."""
    parts = _GROUP.split(clause)
    return tuple(tuple(p.split("/")) if i % 2 else (p,) for i, p in enumerate(parts) if p or i % 2)


def expand(clause: str, slots: Mapping[str, str], rng: Random) -> str:
    """One wording of the clause; raises KeyError for a slot that nobody filled."""
    chosen = (p[0] if len(p) == 1 else rng.choice(p) for p in compile_clause(clause))
    # An empty last alternative may leave the comma that would have led to it.
    words = "".join(chosen).rstrip(",")
    return _SLOT.sub(lambda match: slots[match[1]], words) if "<" in words else words


def count_wordings(clause: str) -> int:
    """How many wordings the clause has, slots not counted."""
    total = 1
    for piece in compile_clause(clause):
        total *= len(piece)
    return total
