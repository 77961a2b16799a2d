"""How a signal is stated: points by family, the numbers behind them, and what lowers them."""

from dataclasses import dataclass
from datetime import datetime

from nlp_service.risk.policy import Fade


@dataclass(frozen=True, slots=True)
class Finding:
    """What one signal says. `parts` are points by family of evidence; `newest` is the last of it.

    `alone` replaces the finding where no other family speaks.
    """

    code: str
    value: float = 0.0
    baseline: float = 0.0
    parts: tuple[tuple[str, float], ...] = ()
    reason: str = ""
    newest: datetime | None = None
    alone: "Finding | None" = None

    @property
    def points(self) -> float:
        """Points of all parts, not yet rounded."""
        return sum(points for _, points in self.parts)


def fades(fade: Fade) -> str:
    """The end of every reason: what would lower the points."""
    return f"不再发生,约{fade.half_life_days:g}天后减半"


def percent(share: float) -> str:
    """`47%`."""
    return f"{share:.0%}"
