"""The words that authors of chat drafts may use: facts, attributes, purposes, labels, tags.

They are those of the shipped policy, two attributes by short names; their meaning is in
corpora/chat/GUIDE.md. A word that is not here is a slip.
"""

from functools import lru_cache

from nlp_service.policy.loader import load_policy
from nlp_service.policy.schema import ACTS, PolicyData

FULL_NAMES = {"religion": "religion_or_ethnicity", "occupation": "occupation_or_employer"}
_PLAIN_FACTS = ACTS | {"conditions", "pitches", "pitches:unrelated"}
_BUYER_PLAIN = frozenset(
    [
        "ask:product",
        "reopen",
        "complain",
        "want:invoice",
        "want:delivery_change",
        "want:repair",
        "want:offsite",
        "ack",
        "other",
        "refuse:pitch",
        "refuse:info",
    ]
)


@lru_cache(maxsize=1)
def _policy() -> PolicyData:
    return load_policy()


@lru_cache(maxsize=1)
def _attributes() -> frozenset[str]:
    policy = _policy()
    named = {*policy.attributes, *policy.always_fine, *FULL_NAMES}
    return frozenset(named - set(FULL_NAMES.values()))


def is_code(code: str) -> bool:
    """Whether it is a label of the policy: `privacy.contact`."""
    return code in _policy().labels


def is_purpose(purpose: str) -> bool:
    """Whether something may be asked for it: `delivery`."""
    return purpose in _policy().purposes


def is_tag(tag: str) -> bool:
    """Whether authors may say it of a buyer's turn: `ack`, `refuse:phone`, `refuse:pitch=...`."""
    if tag in _BUYER_PLAIN or tag.startswith("refuse:pitch="):
        return True
    head, _, attribute = tag.partition(":")
    return head in {"refuse", "ask", "give"} and attribute in _attributes()


def is_fact(fact: str) -> bool:
    """Whether it may be marked in a message: `presses`, `asks:phone`."""
    head, _, attribute = fact.partition(":")
    return fact in _PLAIN_FACTS or (head in {"asks", "own", "other"} and attribute in _attributes())
