"""One way to write a value down, so that equal values have equal bytes; and what a code is.

Whole floats are written as integers (10.0 is 10), keys are sorted, everything is ASCII.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_CODE = re.compile(r"[a-z][a-z0-9_.:@-]{0,63}")
_KEY = re.compile(r"[0-9a-f]{64}")
# Seven digits in a row may be part of a phone, account or identity number.
_LONG_NUMBER = re.compile(r"[0-9]{7}")
_LARGEST_PLAIN_NUMBER = 1_000_000


def canonical_json(value: Any) -> bytes:
    """Canonical JSON; raises ValueError for NaN and infinities, TypeError for other objects."""
    text = json.dumps(
        _levelled(value), ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode("ascii")


def _levelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _levelled(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_levelled(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def require_code(value: str) -> str:
    """The value, if it is a code of ours and can hold no personal data; ValueError else."""
    if not _CODE.fullmatch(value) or _LONG_NUMBER.search(value):
        raise ValueError("a plain column takes codes of a-z, 0-9 and _.:@- only")
    return value


def require_plain(value: Any) -> None:
    """Raise ValueError unless the JSON value consists of codes, keyed hashes and small numbers.

    It decides what may stand in the decision log for ever, where erasure cannot reach it.
    """
    if isinstance(value, Mapping):
        for key, part in value.items():
            require_code(key)
            require_plain(part)
    elif isinstance(value, list | tuple):
        for part in value:
            require_plain(part)
    elif isinstance(value, str):
        if not _KEY.fullmatch(value):
            require_code(value)
    elif isinstance(value, int | float):
        if not abs(value) <= _LARGEST_PLAIN_NUMBER:
            raise ValueError("a log entry takes small numbers only")
    elif value is not None:
        raise ValueError("a log entry takes plain JSON only")
