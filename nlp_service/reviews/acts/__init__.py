"""What a bad review does beyond telling: demands, threats, contacts, steering elsewhere.

    text --words of all patterns, one pass--> acts that may be there --patterns--> ReviewAct with
                                              how sure, and the words

The patterns are one witness among others (encoder_reader.py blends them with what the encoder
hears); where no encoder is at hand they decide alone.
"""

from functools import lru_cache

from nlp_service.reviews.acts import competitor, extortion, offsite, threat
from nlp_service.reviews.acts.act import ReviewAct
from nlp_service.reviews.lexicon import Patterns
from nlp_service.text.offsets import NormalizedText

_MODULES = {"extorts": extortion, "threatens": threat, "offsite": offsite, "steers": competitor}
ACTS = tuple(_MODULES)


def find_acts(text: NormalizedText) -> tuple[ReviewAct, ...]:
    """What the patterns find, in the order of ACTS."""
    patterns = _needed()
    may = patterns.possible(patterns.words(text.text))
    found = ((name, module.find(text)) for name, module in _MODULES.items() if name in may)
    return tuple(ReviewAct(name, *one) for name, one in found if one is not None)


@lru_cache(maxsize=1)
def _needed() -> Patterns:
    return Patterns({name: module.needed() for name, module in _MODULES.items()})
