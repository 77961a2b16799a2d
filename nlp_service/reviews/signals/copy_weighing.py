"""How much copies weigh by who wrote them, where and when; shared by the signals of copies.

Over months many find the same words: those of these days hardly weigh where other times foretell
as many ("快递说放驿站了,驿站找不到" comes every week). People paste what others wrote, and
attackers paste what honest buyers wrote: the much older text weighs little.
"""

from collections.abc import Sequence
from typing import NamedTuple

from nlp_service.reviews.rules import CopyRules
from nlp_service.reviews.together.chance import are_usual, near_of
from nlp_service.reviews.together.seen import Seen

_HOUR_S = 3600.0
_ONE_SHOP = 0.6  # other accounts at this shop only: a household, a dormitory, a shared order


class Weighed(NamedTuple):
    """Copies of other accounts: the part of the whole weight they have, and who they are."""

    share: float
    accounts: int
    shops: int
    is_usual: bool

    @property
    def where(self) -> str:
        """For the moderator."""
        return f"在其他{self.shops}家店" if self.shops else "在本店"

    @property
    def remark(self) -> str:
        """What takes weight away, for the moderator; begins with a comma where there is any."""
        return ",但平时也常有人这样写" if self.is_usual else ""


def weigh(
    seen: Seen, foreign: Sequence[Seen], all_copies: Sequence[Seen], rules: CopyRules
) -> Weighed:
    """Those of these days where there are some, else all of `foreign`, weighing less."""
    near = near_of(seen, foreign, rules)
    factor, counted = (1.0, near) if near else (rules.far_factor, foreign)
    usual = are_usual(seen, foreign, rules)
    factor = rules.usual_factor if usual else factor
    accounts = len({one.buyer for one in counted})
    shops = len(other_shops(seen, counted))
    share = factor * (0.5 + 0.5 * min(1.0, (accounts - 1) / (rules.full_accounts - 1)))
    share *= 1.0 if shops else _ONE_SHOP
    share *= rules.original_factor if _is_original(seen, all_copies, rules) else 1.0
    return Weighed(share, accounts, shops, usual)


def other_shops(seen: Seen, copies: Sequence[Seen]) -> set[str]:
    """Shops of the copies but this one; none where this one is unknown."""
    if seen.merchant is None:
        return set()
    return {one.merchant for one in copies if one.merchant is not None} - {seen.merchant}


def _is_original(seen: Seen, copies: Sequence[Seen], rules: CopyRules) -> bool:
    """Whether every copy came much later."""
    times = [one.at_s for one in copies]
    if seen.at_s is None or None in times:
        return False
    gap_s = rules.original_hours * _HOUR_S
    return all(at is not None and at - seen.at_s >= gap_s for at in times)
