"""The words that authors of chat drafts may use: facts, attributes, purposes, labels, tags.

Their meaning is in corpora/chat/GUIDE.md; a word that is not here is a slip.
"""

ATTRIBUTES = frozenset(
    [
        "credential",
        "id_document",
        "biometric",
        "full_name",
        "phone",
        "im_account",
        "email",
        "address",
        "location",
        "at_home",
        "age",
        "birthday",
        "gender",
        "body_measure",
        "skin_or_hair",
        "health",
        "pregnancy_or_baby",
        "household",
        "marital",
        "family_detail",
        "income",
        "occupation",
        "school",
        "religion",
        "minor_detail",
        "device_model",
        "usage_scene",
        "budget",
        "invoice_detail",
        "delivery_time",
        "photo_of_goods",
        "photo_of_person",
        "order_number",
        "city",
        "bank_or_pay_account",
        "other_personal",
    ]
)
PLAIN_FACTS = frozenset(
    [
        "conditions",
        "pitches",
        "pitches:unrelated",
        "presses",
        "absolute",
        "medical",
        "ties",
        "diverts",
        "impersonates",
        "rewards",
        "rewards:tied",
        "threatens",
        "insults",
        "commands",
        "evades",
    ]
)
PURPOSES = frozenset(
    [
        "delivery",
        "callback",
        "invoice",
        "file",
        "topup",
        "customs",
        "real_name",
        "engraving",
        "safety",
        "sizing",
        "advice",
        "marketing",
        "curious",
        "refund",
    ]
)
CODES = frozenset(
    [
        "privacy.credential",
        "privacy.identity",
        "privacy.contact",
        "privacy.personal",
        "privacy.sensitive",
        "privacy.disclosure",
        "privacy.coercion",
        "upsell.irrelevant",
        "upsell.pressure",
        "upsell.persistent",
        "upsell.misleading",
        "upsell.tying",
        "upsell.flooding",
        "offsite.diversion",
        "fraud.impersonation",
        "review.inducement",
        "conduct.threat",
        "conduct.abuse",
        "conduct.command",
        "service.evasion",
    ]
)
BUYER_PLAIN = frozenset(
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


def is_tag(tag: str) -> bool:
    """Whether authors may say it of a buyer's turn: `ack`, `refuse:phone`, `refuse:pitch=...`."""
    if tag in BUYER_PLAIN or tag.startswith("refuse:pitch="):
        return True
    head, _, attribute = tag.partition(":")
    return head in {"refuse", "ask", "give"} and attribute in ATTRIBUTES


def is_fact(fact: str) -> bool:
    """Whether it may be marked in a message: `presses`, `asks:phone`."""
    head, _, attribute = fact.partition(":")
    return fact in PLAIN_FACTS or (head in {"asks", "own", "other"} and attribute in ATTRIBUTES)
