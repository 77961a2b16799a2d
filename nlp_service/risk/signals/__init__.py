"""Signals: one pure function a file, each from a buyer's orders to one finding."""

from collections.abc import Callable

from nlp_service.risk.orders import BuyerState
from nlp_service.risk.policy import RiskPolicy
from nlp_service.risk.signals import (
    address,
    bad_reviews,
    coupon,
    malicious_review,
    not_received,
    order_cancel_burst,
    refund_only,
    returns,
    rulings,
)
from nlp_service.risk.signals.finding import Finding

SignalFunction = Callable[[BuyerState, RiskPolicy], Finding]
_MODULES = (
    refund_only,
    returns,
    order_cancel_burst,
    address,
    not_received,
    coupon,
    bad_reviews,
    malicious_review,
    rulings,
)
SIGNALS: dict[str, SignalFunction] = {module.CODE: module.signal for module in _MODULES}
