"""Traditional characters to simplified ones, one for one, so that offsets hold (OpenCC t2s)."""

from functools import lru_cache

import opencc

# Han blocks up to Extension H; assigned or not, OpenCC leaves what it does not know.
_HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))
# Alone they may be simplified too; a phrase decides (瞭解 but 瞭望, 藉口 but 慰藉).
_BY_PHRASE = "瞭藉"


@lru_cache(maxsize=1)
def _converter() -> tuple[opencc.OpenCC, frozenset[str]]:
    """The converter, and the characters that it is worth asking for."""
    converter = opencc.OpenCC("t2s")
    every = [chr(code) for block in _HAN for code in block]
    simplified = converter.convert("\n".join(every)).split("\n")
    changed = {old for old, new in zip(every, simplified, strict=True) if old != new}
    return converter, frozenset(changed | set(_BY_PHRASE))


def to_simplified(text: str) -> str:
    """The same length in simplified characters; phrases keep their 乾 (乾隆) and 藉 (慰藉)."""
    converter, traditional = _converter()
    if traditional.isdisjoint(text):
        return text
    converted = str(converter.convert(text))
    if len(converted) == len(text):
        return converted
    single = (str(converter.convert(character)) for character in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, single, strict=True))
