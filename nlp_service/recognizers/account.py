"""What the chat and pay account recognisers share: the stretch between a cue and its account.

微信 | 号是: | abc_12345        cue, what stands between, account
"""

import re
from bisect import bisect_left

from nlp_service.recognizers.mobile import is_mainland
from nlp_service.recognizers.reading import Chain, Reading

# Signs and small words that may stand between. Possessive, so the engine never goes back: linear.
_BETWEEN = re.compile(
    r"(?:[\s:=,、.·~\-—()\[\]【】《》<>\"'“”|*#是为的哦哈呢呀啊噢喔吧→↓👇👉❤️]|号码|账号|帐号|账户|号|id(?![a-z0-9_-])"
    r"|同号|同步|搜索|搜|添加|联系|加|一下|下|个|找|我|可以|请|这|就|名|到|转账|转帐|转|打款|打|汇款?|收款|退款|退|付|给|群|客服){0,10}+"
)
# Where one of these stands in between, the writer means to give an account.
_EXPLICIT = re.compile("号|id|[:=是为加搜→👇👉]|联系|转|打|退")


def between(text: str, start: int) -> tuple[int, bool]:
    """Where the account would begin after a cue ending at `start`, and whether it is announced."""
    match = _BETWEEN.match(text, start)
    end = match.end() if match else start
    return end, _EXPLICIT.search(text, start, end) is not None


def chain_at(reading: Reading, start: int) -> Chain | None:
    """The digit chain that begins at `start`."""
    place = bisect_left(reading.chains, start, key=lambda chain: chain.start)
    found = reading.chains[place : place + 1]
    return found[0] if found and found[0].start == start else None


def is_phone(chain: Chain) -> bool:
    """Whether the chain as a whole is a mainland mobile number."""
    return is_mainland(chain.digits)
