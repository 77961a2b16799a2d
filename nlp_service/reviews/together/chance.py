"""How likely so many reviews, or so many accounts with one text, are by chance."""

from collections.abc import Sequence

from nlp_service.reviews.rules import DAY_S, CopyRules
from nlp_service.reviews.together.seen import Seen


def tail(count: int, events: float, exposure: float) -> float:
    """Chance of `count` or more, having seen `events` in one unit of time, in `exposure` units.

    Poisson with a rate not known exactly: negative binomial. Without events it is 0.
    """
    quiet = 1.0 / (1.0 + exposure)
    term, below = quiet**events, 0.0
    for at in range(count):
        below += term
        term *= (at + events) / (at + 1) * (1.0 - quiet)
    return max(0.0, 1.0 - below)


def is_within(seen: Seen, other: Seen, seconds: float) -> bool:
    """Whether both came so near each other; without times that is not known."""
    if seen.at_s is None or other.at_s is None:
        return False
    return abs(seen.at_s - other.at_s) <= seconds


def near_of(seen: Seen, alike: Sequence[Seen], rules: CopyRules) -> list[Seen]:
    """Those of `alike` that came within days of `seen`."""
    return [one for one in alike if is_within(seen, one, rules.near_days * DAY_S)]


def are_usual(seen: Seen, alike: Sequence[Seen], rules: CopyRules) -> bool:
    """Whether those within days of `seen` are what other times foretell."""
    near = near_of(seen, alike, rules)
    return is_usual(seen, near, alike, rules.near_days * DAY_S, rules)


def is_usual(
    seen: Seen, some: Sequence[Seen], alike: Sequence[Seen], reach_s: float, rules: CopyRules
) -> bool:
    """Whether the accounts of `some`, within `reach_s` of `seen`, are what other times foretell.

    `alike` are all with this text, `some` among them. Fewer than `usual_accounts` at other times,
    or in fewer stretches of `reach_s` than that, foretell nothing: one may have written what was
    copied, and an earlier wave is no custom.
    """
    accounts = {one.buyer for one in some}
    others = [
        one
        for one in alike
        if one.buyer not in accounts and one.at_s is not None and not is_within(seen, one, reach_s)
    ]
    rest = {one.buyer for one in others}
    stretches = {one.at_s // reach_s for one in others if one.at_s is not None}
    if min(len(rest), len(stretches)) < rules.usual_accounts:
        return False
    times = [one.at_s for one in (*others, seen) if one.at_s is not None]
    span_s = max(rules.span_days * DAY_S, max(times) - min(times))
    exposure = 2 * reach_s / max(span_s - 2 * reach_s, reach_s)
    return tail(len(accounts), len(rest), exposure) > rules.chance
