"""How each kind is masked, and a message with its entities masked.

Recognisable to the owner, useless to others: enough is left that an agent knows which number is
meant. A masked form never contains the raw value.
"""

from collections.abc import Callable, Iterable

from nlp_service.domain import Entity
from nlp_service.recognizers.lists import words

_COMPOUND_SURNAMES = words("surnames", "compound")
_MAIL_PROVIDERS = words("mail_hosts")
# Of a local part this short (a@, li@) one letter is already half of it or all.
_SHORT_LOCAL_CHARS = 2


def masked(kind: str, value: str) -> str:
    """The masked form of a normalised value; kinds without a rule keep first and last quarter."""
    shown = _RULES.get(kind, _middle)(value)
    return shown if value not in shown else "*" * max(3, len(value))


def mask(text_raw: str, entities: Iterable[Entity]) -> str:
    """`text_raw` with each entity's raw stretch replaced by its masked form."""
    parts: list[str] = []
    done = 0
    for entity in sorted(entities, key=lambda found: found.start):
        if entity.start < done:
            continue
        parts += (text_raw[done : entity.start], entity.masked)
        done = entity.end
    return "".join(parts) + text_raw[done:]


def _keep(value: str, head: int, tail: int) -> str:
    hidden = len(value) - head - tail
    if hidden < 2:
        return value[:1] + "***"
    return value[:head] + "*" * hidden + value[len(value) - tail :]


def _middle(value: str) -> str:
    quarter = min(4, len(value) // 4)
    return _keep(value, quarter, quarter)


def _phone(value: str) -> str:
    """138****8000; a short service line keeps two digits."""
    return _keep(value, 3, 4) if len(value) >= 10 else _keep(value, 2, 0)


def _id_card(value: str) -> str:
    return _keep(value, 3, 4)


def _bank_card(value: str) -> str:
    return "*" * (len(value) - 4) + value[-4:]


def _email(value: str) -> str:
    """z***@163.com; a short name and the host of a company or a person are not shown."""
    name, _, host = value.partition("@")
    shown = name[:1] if len(name) > _SHORT_LOCAL_CHARS else ""
    return f"{shown}***@{host if host in _MAIL_PROVIDERS else _ending(host)}"


def _ending(host: str) -> str:
    """***.com; nothing at all of a host without a name ending."""
    ending = host.rpartition(".")[2]
    return f"***.{ending}" if ending.isalpha() else "***"


def _account(value: str) -> str:
    """A chat id keeps one character; a phone or e-mail used as account is masked as such."""
    if "@" in value:
        return _email(value)
    if value.isdigit():
        return _phone(value) if len(value) == 11 else _keep(value, 2, 0)
    return value[:1] + "***"


def _name(value: str) -> str:
    kept = 2 if value[:2] in _COMPOUND_SURNAMES else 1
    return value[:kept] + "*" * max(1, len(value) - kept)


def _plate(value: str) -> str:
    return value[:2] + "***" + value[-2:]


def _url(value: str) -> str:
    return _ending(value.split("/")[2 if "://" in value else 0].split(":")[0])


def _hidden(value: str) -> str:
    return "*" * max(2, len(value))


_RULES: dict[str, Callable[[str], str]] = {
    "mobile": _phone,
    "landline": _phone,
    "hotline": _phone,
    "privacy_number": _phone,
    "id_card": _id_card,
    "bank_card": _bank_card,
    "email": _email,
    "wechat": _account,
    "qq": _account,
    "alipay": _account,
    "person_name": _name,
    "plate": _plate,
    "url": _url,
    "qr_hint": _hidden,
}
