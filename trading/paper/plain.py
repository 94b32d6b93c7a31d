"""Which orders go into their engine and to the market at once (:mod:`trading.paper.entering`)."""

from trading.engine.orders import MOST
from trading.engine.records import POST_ONLY, REDUCE_ONLY, Kind, Sizing, TimeInForce
from trading.paper.terms import OrderTerms

__all__ = ["flags_of", "is_plain"]

_MARKET, _LIMIT, _GIVEN, _GTC = Kind.MARKET, Kind.LIMIT, Sizing.GIVEN, TimeInForce.GTC
"""Named once: to ask an enumeration for a member takes longer than to compare with it."""


def is_plain(terms: OrderTerms) -> bool:
    """Whether an order whose size is right may be entered without further checks."""
    if terms.stop or terms.trail or terms.group:
        return False
    if terms.kind is _MARKET:
        return not terms.limit and not terms.post_only
    if terms.kind is not _LIMIT or terms.sizing is not _GIVEN:
        return False
    return 0 < terms.limit <= MOST and (not terms.post_only or terms.tif is _GTC)


def flags_of(terms: OrderTerms) -> int:
    """The switches of an order as they stand in the engine's records."""
    return (REDUCE_ONLY if terms.reduce_only else 0) + (POST_ONLY if terms.post_only else 0)
