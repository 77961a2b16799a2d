"""What attackers write: complaints that did not happen, from the same tables as honest ones.

goal -> claims + extras (demand, threat, steering) -> own words, or a copy of the team's text
"""

from dataclasses import dataclass
from random import Random
from typing import Protocol

from nlp_service.training.simulation import catalog, reviewing, wording, writer
from nlp_service.training.simulation.families import Family, Pair
from nlp_service.training.simulation.people import Buyer
from nlp_service.training.simulation.records import Order, Posted
from nlp_service.training.simulation.writer import Voice

_FORGED_TROUBLES = ("late", "not_received", "wrong", "damaged", "rude", "refused", "mismatch")


class Striker(Protocol):
    """The part of a team that a forger looks at."""

    name: str
    family: Family
    skill: float

    def between(self, pair: Pair) -> float:
        """Clumsy to skilled, at this team's skill."""
        ...


@dataclass(slots=True)
class Job:
    """What was ordered to be said about one item: a text, and the clauses it was made of."""

    claims: list[str]
    texts: list[str]


class Forger:
    """One author behind a team; gangs get a job per item, the others think each time anew."""

    def __init__(self, rng: Random, *, new_wording: bool) -> None:
        self._rng = rng
        self._voice = writer.draw_voice(rng)
        self._jobs: dict[str, Job] = {}
        self._demands = wording.DEMANDS_SEEN + (wording.DEMANDS_NEW if new_wording else ())

    def forge(self, team: Striker, order: Order, buyer: Buyer, at: float) -> Posted:
        """A malicious review of a real order."""
        rng, family = self._rng, team.family
        text = self._text(team, order, buyer, at)
        images = reviewing.count_images(team.between(family.images), rng)
        stars = rng.choices((1, 2, 3), (64 - 22 * team.skill, 26, 6 + 14 * team.skill))[0]
        made = Posted(catalog.new_id("r", rng), order, at, stars, text, images, buyer.population)
        made.family = team.name
        return made

    def _text(self, team: Striker, order: Order, buyer: Buyer, at: float) -> str:
        if team.family.copies:
            job = self._job(team, order, at)
            # Clumsy hands paste; skilled ones say the same in their own words.
            if self._rng.random() >= team.skill:
                return self._retouched(self._rng.choice(job.texts))
            return self._write(order, buyer.voice, job.claims, [], at, team.skill)
        voice = self._voice if self._rng.random() > team.skill else buyer.voice
        claims = self._claims(team, order)
        return self._write(order, voice, claims, self._extras(team), at, team.skill)

    def _job(self, team: Striker, order: Order, at: float) -> Job:
        """The same text serves all shops of a trade, for it is written once."""
        key = order.item.merchant.trade.category
        if key not in self._jobs:
            claims = self._claims(team, order)
            texts = [
                self._write(order, writer.draw_voice(self._rng), claims, [], at, team.skill)
                for _ in range(self._rng.randint(1, 3))
            ]
            self._jobs[key] = Job(claims, texts)
        return self._jobs[key]

    def _write(
        self, order: Order, voice: Voice, claims: list[str], extras: list[str], at: float,
        skill: float,
    ) -> str:  # fmt: skip
        rng, slots = self._rng, reviewing.facts_as_slots(order, at, self._rng)
        if rng.random() > 0.4 + 0.6 * skill:
            # Who did not use the thing guesses how long it lasted.
            slots["used"] = writer.say_span(rng.uniform(0.5, 25))
        draft = writer.Draft(order.item.merchant.trade, "bad", claims, slots, extras)
        return writer.write(draft, voice, rng)

    def _claims(self, team: Striker, order: Order) -> list[str]:
        rng, family, trade = self._rng, team.family, order.item.merchant.trade
        if rng.random() < team.between(family.vague):
            return []
        if rng.random() < family.hazard:
            claims = [rng.choice(trade.hazards)[1]]
        elif rng.random() < family.trouble:
            trouble = rng.choice(_FORGED_TROUBLES)
            return [reviewing.trouble_clause(trouble, order, rng)]
        else:
            claims = [clause for _, clause in rng.sample(trade.flaws, 1 + (rng.random() < 0.45))]
        if rng.random() < 0.2:
            claims.append(rng.choice(wording.TROUBLES["rude"]))
        return claims

    def _extras(self, team: Striker) -> list[str]:
        family = team.family
        chances = (
            (self._demands, team.between(family.demand)),
            (wording.THREATS, family.threat),
            (wording.STEERING, family.steer * (1 - 0.7 * team.skill)),
            (wording.DUE_CLAIMS, 0.2),
            (wording.LAWFUL_ANGER, 0.08),
            (wording.COMPARISONS, 0.08),
        )
        return [self._rng.choice(pool) for pool, chance in chances if self._rng.random() < chance]

    def _retouched(self, text: str) -> str:
        """A paste with the small changes that people make so that it is not the same."""
        rng, roll = self._rng, self._rng.random()
        if roll < 0.4:
            return text
        if roll < 0.6:
            return text + rng.choice(("!", "。", "😡", "…", "真的"))
        if roll < 0.8:
            return rng.choice(("", "唉,", "说下,", "大家看看,")) + text
        return text.replace(",", rng.choice((" ", "!", "。")))
