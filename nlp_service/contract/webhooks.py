"""The published contract of webhooks: what other services are told, and how they know it is true.

A message is a POST of JSON to every receiver of the settings, with two headers:

    NLP-Service-Event: EVENT_ID
    NLP-Service-Signature: t=UNIX_SECONDS,v1=HEX    HMAC-SHA-256(secret, "UNIX_SECONDS." + body)

Any 2xx within ten seconds is a receipt. Anything else, a redirect included, is tried again after
10 s, 20 s, 40 s … up to every 6 h, sixteen times in all (about three and a half days). A message
may come more than once, always with the same event id. The messages of one buyer come in order.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from nlp_service.contract.risk import ProfileAnswer, Tier

EVENT_HEADER = "NLP-Service-Event"
SIGNATURE_HEADER = "NLP-Service-Signature"
TIER_CHANGED = "risk.tier_changed"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TierChange(_Told):
    """`cursor` is that of the change in `/v1/feed/risk`; a higher one is newer."""

    buyer_id: str
    previous_tier: Tier
    tier: Tier
    cursor: int
    profile: ProfileAnswer


class TierChanged(_Told):
    """A buyer's tier is another one than before; a new buyer was `normal`."""

    event_id: str
    event: Literal["risk.tier_changed"] = "risk.tier_changed"
    at: datetime
    data: TierChange


def tier_changed(
    before: Mapping[str, Any] | None, profile: Mapping[str, Any], *, cursor: int, at: datetime
) -> TierChanged | None:
    """What is told of a change of profiles (JSON of ProfileAnswer); None where the tier stays."""
    previous = "normal" if before is None else before["tier"]
    if previous == profile["tier"]:
        return None
    change = {
        "buyer_id": profile["buyer_id"],
        "previous_tier": previous,
        "tier": profile["tier"],
        "cursor": cursor,
        "profile": profile,
    }
    event_id = f"{TIER_CHANGED}:{cursor}"
    return TierChanged(event_id=event_id, at=at, data=TierChange.model_validate(change))
