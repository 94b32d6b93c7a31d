"""Whether an order may be taken, whether trading has to stop, how near the limits are.

:func:`check` is asked before each order, :func:`tripped` after each mark and each refusal. The
order of the rules is that of the sentences a trader wants first: may anything trade, is the market
known, is this order sane, does it fit. What only closes positions is never kept from doing so by a
limit or a halt; it needs a market that is known, and prices that are no typing error.
"""

from math import inf

from trading.paper.limit_words import (
    collar_words,
    fitting,
    limit_words,
    percent,
    price_words,
    size_words,
)
from trading.paper.risk import Facts, Gauge, Intent, Refusal, RiskLimits, RiskState

__all__ = ["FAR", "check", "gauges", "still_tripped", "tripped"]

FAR = 10.0
"""A price this many times above or below the market is a mistake, whatever the limits say."""

_ROUNDING = 1 + 1e-9
"""What is above a limit by no more than binary fractions make it is not above it."""


def check(limits: RiskLimits, state: RiskState, intent: Intent, facts: Facts) -> Refusal | None:
    """Why ``intent`` cannot be taken; None when it can. Changes nothing."""
    if not 0 < intent.size < inf:
        return Refusal("size", f"Order refused: the size was {intent.size}; allowed is above 0.")
    opening = _opening(intent, facts)
    if state.halted is not None and opening > 0:
        return Refusal(
            "halted",
            f"Order refused. {state.halted} Orders that only close positions are taken.",
        )
    return (
        _market(limits, intent, facts, opening)
        or _prices(limits, intent, facts, opening)
        or (_amounts(limits, intent, facts, opening) if opening > 0 else None)
        or (_account(limits, state, facts) if opening > 0 else None)
    )


def _opening(intent: Intent, facts: Facts) -> float:
    """How much of the size would open a position or add to one of the owner's."""
    if intent.reduce_only:
        return 0.0
    closable = max(0.0, -facts.own * intent.side - facts.own_live)
    return intent.size - closable if intent.size > closable * _ROUNDING else 0.0


def _market(limits: RiskLimits, intent: Intent, facts: Facts, opening: float) -> Refusal | None:
    if facts.own_age_ns < 0 or not facts.mark > 0:
        return Refusal("no_price", f"Order refused: {intent.symbol} has no price yet.")
    if limits.stale_after_s is not None and facts.age_ns > limits.stale_after_s * 1e9:
        return Refusal(
            "stale_after_s",
            f"Order refused: stale data. The venue of {intent.symbol} was heard "
            f"{facts.age_ns / 1e9:,.1f} s ago; allowed is {limits.stale_after_s:g} s.",
        )
    if limits.quiet_after_s is not None and facts.own_age_ns > limits.quiet_after_s * 1e9:
        return Refusal(
            "quiet_after_s",
            f"Order refused: stale data. The venue told nothing of {intent.symbol} for "
            f"{facts.own_age_ns / 1e9:,.1f} s; allowed is {limits.quiet_after_s:g} s.",
        )
    if opening > 0 and limits.refuse_crossed and facts.bid >= facts.ask > 0:
        return Refusal(
            "refuse_crossed",
            f"Order refused: the book of {intent.symbol} is crossed, bid "
            f"{price_words(facts.bid)} at or above ask {price_words(facts.ask)}.",
        )
    return None


def _prices(limits: RiskLimits, intent: Intent, facts: Facts, opening: float) -> Refusal | None:
    if not intent.own and not intent.exits:
        return None
    middle = facts.middle
    low, high = middle / FAR, middle * FAR
    for price in (*intent.own, *intent.exits):
        if not low <= price <= high:
            return Refusal(
                "price",
                f"Order refused: price. {price_words(price)} is far from the market at "
                f"{price_words(middle)}; allowed is {price_words(low)} to {price_words(high)}.",
            )
    collar = limits.price_collar
    if collar is not None and opening > 0:
        low, high = middle * (1.0 - collar), middle * (1.0 + collar)
        for price in intent.own:
            if not low <= price <= high:
                words = collar_words(price, collar, middle)
                return Refusal("price_collar", f"Order refused: {words}")
    return None


def _amounts(limits: RiskLimits, intent: Intent, facts: Facts, opening: float) -> Refusal | None:
    symbol, size, price = intent.symbol, intent.size, intent.price
    most = limits.max_order_size.get(symbol)
    if most is not None and not size <= most * _ROUNDING:
        words = f"Order refused: order size limit. {size_words(size)} of {size_words(most)}"
        return Refusal("max_order_size", f"{words} {symbol.partition('-')[0]}.")
    value = limits.max_order_value
    if value is not None and not size * price <= value * _ROUNDING:
        return _too_much("max_order_value", "order value", size * price, value, intent, facts, size)
    value = limits.max_position_values.get(symbol, limits.max_position_value)
    if value is not None:
        live = facts.buys if intent.side > 0 else facts.sells
        held = (facts.net * intent.side + live) * price
        if not held + size * price <= value * _ROUNDING:
            name = f"{symbol} position"
            worth = held + size * price
            return _too_much("max_position_value", name, worth, value, intent, facts, size)
    value = limits.max_exposure
    if value is not None:
        closing = size - opening
        worth = facts.exposure + facts.pending - closing * facts.mark + opening * price
        if not worth <= value * _ROUNDING:
            return _too_much("max_exposure", "exposure", worth, value, intent, facts, opening)
    return None


def _too_much(
    rule: str, name: str, worth: float, limit: float, intent: Intent, facts: Facts, part: float
) -> Refusal:
    """``worth`` is what it would be with the order, of whose size ``part`` counts."""
    fits = intent.size - min(part, (worth - limit) / intent.price)
    words = limit_words(name, worth, limit, facts.currency)
    return Refusal(rule, f"Order refused: {words} {fitting(fits, intent.symbol)}")


def _account(limits: RiskLimits, state: RiskState, facts: Facts) -> Refusal | None:
    broken = _lost(limits, state, facts.equity, facts.currency)
    if broken is not None:
        return Refusal(broken.rule, f"Order refused: {broken.words}")
    most = limits.orders_per_minute
    if most is not None and state.too_many(most, facts.time_ns):
        return Refusal(
            "orders_per_minute", f"Order refused: order rate limit. {most} of {most} in a minute."
        )
    return None


def tripped(limits: RiskLimits, state: RiskState, equity: float, currency: str) -> Refusal | None:
    """Why trading has to stop now; None while it may go on, and when it has stopped already."""
    if state.halted is not None:
        return None
    most = limits.rejects_in_a_row
    if most is not None and state.rejects >= most:
        return Refusal(
            "rejects_in_a_row", f"Trading stopped: {state.rejects} orders in a row were refused."
        )
    broken = _lost(limits, state, equity, currency)
    return None if broken is None else Refusal(broken.rule, f"Trading stopped: {broken.words}")


def still_tripped(
    limits: RiskLimits, state: RiskState, equity: float, currency: str
) -> Refusal | None:
    """Why trading cannot go on yet: a loss that is still at its limit."""
    broken = _lost(limits, state, equity, currency)
    if broken is None:
        return None
    until = " or wait for the next UTC day" if broken.rule == "max_daily_loss" else ""
    return Refusal(
        broken.rule, f"Trading stays stopped: {broken.words} Raise the limit{until} to go on."
    )


def _lost(limits: RiskLimits, state: RiskState, equity: float, currency: str) -> Refusal | None:
    most = limits.max_daily_loss
    loss = state.day_start - equity
    if most is not None and not loss < most:
        return Refusal("max_daily_loss", limit_words("daily loss", loss, most, currency))
    most = limits.max_drawdown
    fallen = state.peak - equity
    if most is not None and not fallen < most * state.peak:
        return Refusal(
            "max_drawdown", f"drawdown limit. {percent(fallen / state.peak)} of {percent(most)} %."
        )
    return None


def gauges(limits: RiskLimits, state: RiskState, facts: Facts, symbol: str) -> tuple[Gauge, ...]:
    """How much of each limit is used; ``facts`` are those of ``symbol``, whose position is told.

    Money is in the account's currency, percents are percents.
    """
    cash = facts.currency
    position = limits.max_position_values.get(symbol, limits.max_position_value)
    fallen = (state.peak - facts.equity) / state.peak * 100 if state.peak > 0 else 0.0
    drawdown = None if limits.max_drawdown is None else limits.max_drawdown * 100
    loss = max(0.0, state.day_start - facts.equity)
    rate = state.in_a_minute(facts.time_ns)
    return (
        Gauge("max_daily_loss", "Daily loss", loss, limits.max_daily_loss, cash),
        Gauge("max_exposure", "Exposure", facts.exposure, limits.max_exposure, cash),
        Gauge(
            "max_position_value", f"{symbol} position", abs(facts.net) * facts.mark, position, cash
        ),
        Gauge("orders_per_minute", "Orders per minute", rate, limits.orders_per_minute, ""),
        Gauge("max_drawdown", "Drawdown from peak", max(0.0, fallen), drawdown, "%"),
    )
