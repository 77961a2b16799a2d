"""Voices: how a person writes, and what a review says once its claims are decided.

    claims (aspect, clause) + mood + voice -> clauses -> joined in the voice's own punctuation

Knows nothing of who is malicious: an attacker brings claims that did not happen and adds extras.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from nlp_service.training.simulation import wording
from nlp_service.training.simulation.grammar import expand
from nlp_service.training.simulation.trades import Trade

_SEPARATORS = (",", ",", ",", "。", " ", "!", "…", "~", "、", "\n")
_ENDS = ("", "", "", "。", "!", "!!!", "~", "。。。")
_FILLERS = ("", "", "", "真的", "反正", "就是说", "我觉得", "唉")


@dataclass(frozen=True, slots=True)
class Voice:
    """Writing habits of one person; `wordiness` in 0..1 steers how many clauses it writes."""

    wordiness: float
    separator: str
    end: str
    filler: str
    emoji: float
    stock: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a review is to say: claims first, extras last; `mood` is bad, mid or good."""

    trade: Trade
    mood: str
    claims: Sequence[str]
    slots: Mapping[str, str]
    extras: Sequence[str] = ()
    opening: Sequence[str] = field(default=())


def draw_voice(rng: Random, *, lazy: bool = False) -> Voice:
    """A person's habits; a lazy one has two or three stock sentences and uses them everywhere."""
    stock = tuple(_stock_sentence(rng, mood) for mood in ("good", "good", "bad")) if lazy else ()
    return Voice(
        wordiness=rng.betavariate(1.6, 2.4),
        separator=rng.choice(_SEPARATORS),
        end=rng.choice(_ENDS),
        filler=rng.choice(_FILLERS),
        emoji=rng.betavariate(0.4, 2.5),
        stock=stock,
    )


def _stock_sentence(rng: Random, mood: str) -> str:
    pool = wording.VAGUE_GOOD if mood == "good" else wording.VAGUE_BAD
    return ",".join(expand(clause, {}, rng) for clause in rng.sample(pool, 4))


def write(draft: Draft, voice: Voice, rng: Random) -> str:
    """One review; never empty."""
    if voice.stock and rng.random() < 0.6:
        return voice.stock[2] if draft.mood == "bad" else rng.choice(voice.stock[:2])
    clauses = [expand(clause, draft.slots, rng) for clause in _plan(draft, voice, rng)]
    if voice.filler and rng.random() < 0.3:
        clauses[0] = voice.filler + clauses[0]
    return _join(clauses, voice, rng) + _emoji(draft.mood, voice, rng) + voice.end


def _plan(draft: Draft, voice: Voice, rng: Random) -> list[str]:
    wordy = voice.wordiness
    plan: list[str] = list(draft.opening)
    if not plan and rng.random() < 0.5 * wordy:
        plan.append(rng.choice(_openers(draft.mood)))
    plan += draft.claims
    plan += [d for d in draft.trade.details if rng.random() < 0.35 * wordy]
    if not draft.claims or rng.random() < 0.25 + 0.4 * wordy:
        plan += rng.sample(_vague(draft.mood), 1 + (rng.random() < wordy))
    if draft.mood == "bad" and rng.random() < 0.2 * wordy:
        plan.append(rng.choice(wording.BUTS) + rng.choice(draft.trade.praise))
    return plan + list(draft.extras)


def _openers(mood: str) -> tuple[str, ...]:
    return wording.OPENERS_BAD if mood == "bad" else wording.OPENERS_GOOD


def _vague(mood: str) -> tuple[str, ...]:
    return {"bad": wording.VAGUE_BAD, "mid": wording.VAGUE_MID}.get(mood, wording.VAGUE_GOOD)


def _join(clauses: list[str], voice: Voice, rng: Random) -> str:
    joined = clauses[0]
    for clause in clauses[1:]:
        usual = rng.random() < 0.8
        joined += (voice.separator if usual else rng.choice((",", "。"))) + clause
    return joined


def _emoji(mood: str, voice: Voice, rng: Random) -> str:
    if rng.random() >= voice.emoji:
        return ""
    pool = wording.EMOJI_BAD if mood == "bad" else wording.EMOJI_GOOD
    return rng.choice(pool) * rng.choice((1, 1, 2, 3))


def fill_slots(trade: Trade, noun: str, paid: float, rng: Random) -> dict[str, str]:
    """Slots that every clause may use; `used` and `waited` come from the facts, see `say_span`."""
    sizes = wording.SIZES if trade.has_size else wording.SIZES[6:]
    return {
        "item": noun,
        "price": str(max(1, round(paid))),
        "size": rng.choice(sizes),
        "person": rng.choice(wording.PERSONS),
        "rival": rng.choice(wording.RIVALS),
        "used": "几天",
        "waited": "好几天",
    }


_DIGITS = "零一两三四五六七八九十"


def say_span(days: float) -> str:
    """A stretch of time as a buyer would put it: 半天, 三天, 一个星期, 两个月."""
    whole = round(days)
    if whole < 1:
        return "半天"
    if whole <= 6:
        return f"{_DIGITS[whole]}天"
    if whole <= 10:
        return "一个星期"
    if whole <= 27:
        return "半个月" if whole < 20 else "二十多天"
    months = min(10, round(whole / 30))
    return f"{_DIGITS[months]}个月"
