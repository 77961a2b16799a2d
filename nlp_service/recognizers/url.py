"""Web addresses: with a scheme or www, bare domains with a known ending, spelled-out ones.

Source: RFC 1035 labels; endings in data/tlds.txt. Bare: taobao.com/x, t.cn/A6. Spelled:
t a o b a o 点 c o m, taobao。com, taobao dot com.
`verified` means that the host is a platform's own (data/platform_hosts.txt).
Refuses: decimals (3.5), versions (2.0.1), file names (说明书.pdf), the host of an e-mail address.
"""

import re

import re2

from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.lists import words
from nlp_service.recognizers.reading import Reading

KIND = "url"
_ENDINGS = words("tlds")
_PLATFORM_HOSTS = frozenset(words("platform_hosts"))
_HOST = re.compile(r"^[a-z]{1,10}://")
_SCHEME = re2.compile(
    r"(?:h(?:tt|xx)ps?://|www\.)[a-z0-9\-._~%:/?#@!$&*+=;]+|(?:weixin|alipays?|taobao|tbopen)://[a-z0-9\-._~%/?=&]+"
)
# Two classes that exclude each other, so each character is read once: linear.
_BARE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_BARE_HAN = re.compile(r"[a-z0-9-]{2,}\.(?:中国|公司|网络|网址|商城|集团|商店|在线|中文网)")
_TAIL = re.compile(r"(?::[0-9]{2,5})?(?:[/?#][a-z0-9\-._~%:/?#@!$&*+=;]*)?")
_SPELLED_ENDINGS = "com|cn|net|cc|top|xyz|vip|shop|org|app|club|site|online|ltd|wang"
_SPELLED = re2.compile(
    r"((?:[a-z0-9-] ?){2,40}) ?(点|。|·|丶|\(点\)|\[点\]|\(\.\)|\[\.\]|dot|\.) ?("
    + "|".join(" ?".join(ending) for ending in _SPELLED_ENDINGS.split("|"))
    + ")"
)
# The normaliser reads spaced pinyin as the word itself: t a o b a o 点com gives 淘宝 点com.
_HAN_HOST = re.compile(
    r"[一-鿿]{2,4} ?(?:(?:点|\.) ?(?:c ?o ?m|c ?n|n ?e ?t|t ?o ?p|v ?i ?p)|。 ?c ?o ?m)"
    r"(?![a-z0-9@-])"
)
_SPELLED_SIGNS = re.compile(r"[点。·丶]|dot| \.|\. |[(\[]\.")
_EDGE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@_-")
# Technical names that look like hosts.
_NOT_HOSTS = frozenset({"asp.net", "vb.net", "ado.net", "node.me", "socket.io", "e.g.cc"})


def find(reading: Reading) -> list[Hit]:
    """Addresses; the value is without spaces and with plain dots."""
    text = reading.text
    if not reading.has_latin:
        return []
    hits: list[Hit] = []
    if "://" in text or "www." in text:
        hits += [_hit(m.start(), m[0].rstrip(".,;:!?*~"), 0.98) for m in _SCHEME.finditer(text)]
    if "." in text:
        hits += [hit for match in _BARE.finditer(text) if (hit := _bare(text, *match.span()))]
        hits += [_hit(m.start(), m[0], 0.85) for m in _BARE_HAN.finditer(text)]
    if _SPELLED_SIGNS.search(text):
        hits += [hit for match in _SPELLED.finditer(text) if (hit := _spelled(text, match))]
        hits += [_han(match) for match in _HAN_HOST.finditer(text)]
    return hits


def _bare(text: str, start: int, end: int) -> Hit | None:
    if text[start - 1 : start] in ("@", "_", "/", "%", "+"):
        return None
    host = text[start:end].strip("-")
    start += text[start:end].index(host)
    labels = host.split(".")
    if labels[-1] not in _ENDINGS or host in _NOT_HOSTS or not all(labels):
        return None
    if text[start + len(host) : start + len(host) + 1] in ("@", "_") or _is_number(labels):
        return None
    tail = _TAIL.match(text, start + len(host))
    path = tail[0].rstrip(".,;:!?*~") if tail else ""
    return _hit(start, host + path, 0.9)


def _is_number(labels: list[str]) -> bool:
    """2.0.cc is an engine, 163.com a host: digits count alone and before few endings only."""
    known = len(labels) == 2 and labels[-1] in ("com", "cn", "net", "cc")
    return not known and all(label.isdigit() for label in labels[:-1])


def _spelled(text: str, match: "re2._Match") -> Hit | None:
    start, end = match.span()
    label = match[1].replace(" ", "").strip("-")
    plain_dot = match[2] == "." and " " not in text[match.end(1) - 1 : end] and " " not in match[1]
    if plain_dot or len(label) < 2 or label.isdigit() or text[end : end + 1] in _EDGE:
        return None
    if text[start - 1 : start] in ("@", ".") or not _is_deliberate(match[1], match[2]):
        return None
    ending = match[3].replace(" ", "")
    return Hit(KIND, start, end, f"{label}.{ending}", 0.8, rank=Rank.NAMED)


def _is_deliberate(label: str, sign: str) -> bool:
    """A full stop or dot with spaces counts only after one word or single letters."""
    parts = label.split()
    return sign not in ("。", ".", "·") or len(parts) == 1 or all(len(part) == 1 for part in parts)


def _han(match: re.Match[str]) -> Hit:
    value = match[0].replace(" ", "").replace("点", ".").replace("。", ".")
    return Hit(KIND, *match.span(), value, 0.75, rank=Rank.NAMED)


def _hit(start: int, value: str, score: float) -> Hit:
    verified = _is_platform(value)
    return Hit(KIND, start, start + len(value), value, score, verified=verified, rank=Rank.NAMED)


def _is_platform(value: str) -> bool:
    """Whether the host is a shopping platform's own or below it (closed list)."""
    authority = _HOST.sub("", value).partition("/")[0].partition("?")[0].partition("#")[0]
    host = authority.rpartition("@")[2].partition(":")[0]
    labels = host.removesuffix(".").split(".")
    # user@host tricks and look-alikes end in another host, so whole labels from the end decide.
    return any(".".join(labels[at:]) in _PLATFORM_HOSTS for at in range(len(labels) - 1))
