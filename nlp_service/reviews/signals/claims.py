"""Times and amounts that a review claims, read from its normalised text; always the least meant.

大半个月 -> 15 days, 快一个月 -> 24, 十来天 -> 10, 六百来块 -> 600, 小一千 -> 800

And the dates that they are held against: only such as agree with each other (`dates_agree`).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice, pairwise
from typing import NamedTuple

import re2

from nlp_service.domain import Review
from nlp_service.reviews.rules import DAY_S
from nlp_service.text.numerals import DAYS, TENS, read_number

# What is said of a number makes it less; 不到 and 没 leave open by how much.
_LESS = {"不到": 1 / 3, "没到": 1 / 3, "不足": 1 / 3, "没": 1 / 3, "大": 1.0}
_NEARLY = 0.8
_NEAR = "快要|快|将近|接近|差不多|大概|大约|约|近|小|大"
_MAX_YEARS = 10.0  # above it a year of the calendar (2024年) or a figure of speech (八百年)
_COUNTED_MONTHS = frozenset("俩仨两几半")  # 俩月 is a time, 三月 and 3月 are dates

NUMBER = r"(?:\d{1,4}(?:\.\d)?|[半一二两俩三仨四五六七八九十百几]{1,5})"
DURATION = (
    rf"(?:好|整整|足足)?(?P<about>{_NEAR}|不到|没到|不足|没)?(?:有|了)?(?P<number>{NUMBER})(?:多|来)?"
    r"(?P<counted>个)?(?:(?P<half>半)|多|来)?(?P<unit>天|周|星期|礼拜|月|年)(?P<more>半|多|不到)?"
)
AMOUNT = (
    rf"(?P<about>{_NEAR})?好?(?P<digits>\d{{1,6}}(?:\.\d{{1,2}})?)?"
    r"(?P<number>[零〇一二两俩三四五六七八九十百千万几kw]{0,9})(?:多|来|出头)?"
)
# "用了三年的旧锅", "两年前", "一年保修", "一周年": a time, but not one that was lived through.
_NO_SPAN = re2.compile(
    r"^(?:的[^时样]|前|之前|以前|以内|内|[周级龄份代货陈保质包价底初末卡饼亮子嫂])"
)
_TERM = 8  # characters after a time that tell a term from a span
_MOST = 16  # claims read around in one text: no review makes more, a flood of them only costs time


class Claim(NamedTuple):
    """A stretch of the normalised text and the number that it claims."""

    start: int
    end: int
    value: float


def duration_claims(text: str, pattern: "re2.Pattern") -> Iterator[Claim]:
    """Days claimed, at the least; `pattern` holds DURATION once."""
    places = pattern.groupindex  # read once: RE2 collects the names anew for every look at them
    for match in pattern.finditer(text):
        said = {name: match.group(place) for name, place in places.items()}
        last = match.end(places["more" if said["more"] else "unit"])
        if _is_span(said, text[last : last + _TERM]):
            yield Claim(match.start(), match.end(), _days(said))


def above(claims: Iterator[Claim], least: float) -> Iterator[Claim]:
    """The first claims of more than `least`, 16 at most: only these are worth reading around."""
    return islice((claim for claim in claims if claim.value > least), _MOST)


def read_amount(match: "re2.Match") -> float:
    """Yuan that a match of AMOUNT claims, at the least: 599, 五百九十九, 1.2万; 0 if none."""
    digits, han = match.group("digits"), match.group("number")
    if not digits:
        value = read_number(han) if han else 0.0
    else:
        value = float(digits)
        for unit in han:
            value *= TENS.get(unit, 1.0)
    return value * _share(match.group("about"))


def days_between(start: datetime | None, end: datetime | None) -> float | None:
    """Days from one date to a later one; None where one is missing, comes first, or has no zone."""
    if start is None or end is None or (start.tzinfo is None) is not (end.tzinfo is None):
        return None
    days = (end - start).total_seconds() / DAY_S
    return days if days >= 0 else None


def dates_agree(review: Review) -> bool:
    """Whether order, dispatch, delivery and review follow each other; if not, one date is wrong."""
    order = review.order
    dates = (order.ordered_at, order.shipped_at, order.delivered_at) if order else ()
    known = [date for date in (*dates, review.posted_at) if date is not None]
    return all(days_between(one, other) is not None for one, other in pairwise(known))


def _days(said: Mapping[str, str | None]) -> float:
    halves = 0.5 if said["half"] or said["more"] == "半" else 0.0
    days = (read_number(said["number"] or "") + halves) * DAYS[said["unit"] or ""]
    return days * _share("不到" if said["more"] == "不到" else said["about"])


def _share(about: str | None) -> float:
    return _LESS.get(about, _NEARLY) if about else 1.0


def _is_span(said: Mapping[str, str | None], rest: str) -> bool:
    """Whether this is a stretch of time and not a date, an age or a term."""
    number, unit = said["number"] or "", said["unit"]
    if unit == "月" and not said["counted"] and number not in _COUNTED_MONTHS:
        return False
    if unit == "年" and read_number(number) > _MAX_YEARS:
        return False
    return not _NO_SPAN.search(rest)
