"""What the columns of a CSV or Parquet file mean: names with dots, and cells that are no text.

    order.paid = "199"                ->  {"order": {"paid": 199.0}}
    context.order.flags = "[...]"     ->  {"context": {"order": {"flags": [...]}}}

A table says nothing twice: a column beside another one that is a part of it is refused.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nlp_service.contract.parsing import field_path, read_json
from nlp_service.errors import MalformedError

_WHOLE = ("rating", "images", "stock", "lowest_price_days")
_COUNTS = ("reviews", "bad_reviews", "orders", "refunds", "window_days")
_AMOUNTS = ("paid", "coupon", "amount")
_LISTS = ("context.order.flags", "context.order.tracking_numbers", "context.history")
# What float() takes beyond this (1_0, nan, digits of other scripts) is no number in a table.
_NUMBER = re.compile(r" *[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)? *", re.ASCII)


def check_columns(file: str, columns: Sequence[str]) -> None:
    """Refuse columns of which one would hide another; raises MalformedError naming them."""
    if "text" not in columns:
        raise MalformedError(f"{file}: the columns must be named, and `text` be among them")
    known = set(columns)
    if len(known) < len(columns):
        raise MalformedError(f"{file}: a column name stands twice")
    for column in columns:
        for parent in _parents(column):
            if parent in known:
                pair = f"`{_shown(parent)}` and `{_shown(column)}`"
                raise MalformedError(f"{file}: the columns {pair} name the same; keep one of them")


def _parents(column: str) -> Iterator[str]:
    """`a.b.c` -> `a`, `a.b`."""
    dot = column.find(".")
    while dot >= 0:
        yield column[:dot]
        dot = column.find(".", dot + 1)


def _shown(column: str) -> str:
    return field_path((column,))


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """`{"order.paid": 1}` as `{"order": {"paid": 1}}`, of columns that check_columns let pass."""
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *parents, last = name.split(".")
        place = whole
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return whole


def typed(name: str, cell: str) -> object:
    """A CSV cell as JSON would have it; what is no number stays text, for validation to refuse.

    Raises MalformedError where a list is not written as JSON.
    """
    if name in _LISTS:
        return _list(name, cell)
    last = name.rpartition(".")[2]
    if last not in _WHOLE + _COUNTS + _AMOUNTS or not _NUMBER.fullmatch(cell):
        return cell
    return number(name, float(cell))


def _list(name: str, cell: str) -> object:
    try:
        return read_json(cell.encode("utf-8", "surrogateescape"))
    except MalformedError:
        remedy = 'the cell must be a list in JSON, like ["real_name"]'
        raise MalformedError(f"{name}: {remedy}") from None


def number(name: str, value: float) -> float | int:
    """The value as the contract has it: amounts as they are, the rest whole where it is whole."""
    if name.rpartition(".")[2] in _AMOUNTS:
        return value
    return int(value) if math.isfinite(value) and value == int(value) else value
