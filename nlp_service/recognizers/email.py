"""E-mail addresses, also with spelled-out signs: 123456#qq.com, abc艾特163点com, abc @ qq . com.

Source: RFC 5321 local part without quoting; the host needs a letter ending. Signs other than @ are
accepted only before hosts that people know by heart.
"""

import re2

from nlp_service.recognizers.context import any_of
from nlp_service.recognizers.hit import Hit, Rank
from nlp_service.recognizers.reading import LATIN_OR_DIGIT, Reading

KIND = "email"
_PLAIN = re2.compile(r"([a-z0-9][a-z0-9._%+-]{0,63})(@)((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12})")
_KNOWN_HOSTS = (
    "qq|vip ?qq|foxmail|163|126|139|189|188|yeah|sina|sohu|gmail|hotmail|outlook|icloud"
    "|aliyun|yahoo|live"
)
_SPELLED = re2.compile(
    r"([a-z0-9][a-z0-9._-]{1,63}) ?(@|#|艾特|爱特|圈a|\(at\)|\[at\]|小老鼠| at ) ?"
    rf"((?:{_KNOWN_HOSTS}) ?(?:\.|点|。|dot) ?(?:com|cn|net))"
)
_SIGNS = any_of("@", "#", "艾特", "爱特", "圈a", "at", "小老鼠")


def find(reading: Reading) -> list[Hit]:
    """E-mail addresses; the value has @ and dots whatever was written."""
    text = reading.text
    if not reading.has_latin or not _SIGNS.search(text):
        return []
    hits = [_plain(text, match) for match in _PLAIN.finditer(text)] if "@" in text else []
    taken = [hit for hit in hits if hit]
    if taken:
        return taken
    found = _SPELLED.finditer(text)
    return [_spelled(match) for match in found if not _begins_address(text, match.start())]


def _plain(text: str, match: "re2._Match") -> Hit | None:
    start, end = match.span()
    if text[start - 1 : start] in LATIN_OR_DIGIT or text[end : end + 1] == "@":
        return None
    if _begins_address(text, start):
        return None
    return Hit(KIND, start, end, match[0], 0.98, verified=True, rank=Rank.NAMED)


def _begins_address(text: str, start: int) -> bool:
    """http://jd.com@example.top/a is a page of example.top and nobody's mailbox."""
    return text[max(0, start - 3) : start] == "://"


def _spelled(match: "re2._Match") -> Hit:
    host = match[3].replace(" ", "").replace("点", ".").replace("。", ".").replace("dot", ".")
    value = f"{match[1]}@{host}"
    return Hit(KIND, match.start(), match.end(), value, 0.85, verified=True, rank=Rank.NAMED)
