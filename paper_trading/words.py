"""Events of an account as sentences, for the journal, sockets and webhooks."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from market.types import SECOND, Side
from trading.engine.records import Cause, Kind, Reason, State, TimeInForce
from trading.order_view import END_WORDS
from trading.paper import events as ev
from trading.paper.terms import MANUAL, OrderTerms

__all__ = ["KIND_WORDS", "end_words", "number", "order_words", "owner_name", "sentence"]

KIND_WORDS = {
    Kind.MARKET: "market", Kind.LIMIT: "limit", Kind.STOP: "stop", Kind.STOP_LIMIT: "stop limit",
    Kind.TRAILING: "trailing",
}  # fmt: skip


NO_NAMES: Mapping[str, str] = {}
"""Where owners are called by their ids."""


def end_words(reason: Reason) -> str:
    """Why an order ended; empty where its state says it all."""
    return "" if reason in (Reason.NONE, Reason.ASKED) else END_WORDS[reason]


def number(value: float | Decimal) -> str:
    """``value`` with thousands, no digits that say nothing: ``37,600.5``."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def owner_name(owner: str, automations: Mapping[str, ev.AutomationSet]) -> str:
    """What a page calls an owner: ``Manual``, or the automation's name."""
    if owner == MANUAL:
        return "Manual"
    found = automations.get(owner)
    return found.name if found is not None else owner


def order_words(order: OrderTerms) -> str:
    """``buy limit 0.1 BTC-USD at 37,600``."""
    side = "buy" if order.side is Side.BUY else "sell"
    size = f"{number(order.size)} " if order.size else ""
    parts = [f"{side} {KIND_WORDS[order.kind]} {size}{order.symbol}"]
    if order.stop:
        parts.append(f"stop {number(order.stop)}")
    if order.limit:
        parts.append(f"at {number(order.limit)}")
    if order.trail:
        parts.append(f"trailing by {number(order.trail)}")
    if order.tif is not TimeInForce.GTC:
        parts.append(order.tif.name)
    return " ".join(parts)


def sentence(event: ev.Event, names: Mapping[str, str] = NO_NAMES) -> str:
    """What ``event`` says, for a person; owners without a name are called by their ids."""
    named = _NAMED.get(type(event))
    if named is not None:
        return named(event, lambda owner: names.get(owner, owner))
    return _SENTENCES[type(event)](event)


def _opened(event: ev.AccountOpened) -> str:
    terms = event.terms
    return (
        f"{terms.name} opened with {number(terms.start_capital)} {terms.currency} "
        f"on the {terms.market} market."
    )


def _terms(event: ev.TermsChanged) -> str:
    terms = event.terms
    return (
        f"Terms: {terms.name}, fees {terms.maker_fee:.4%} maker and {terms.taker_fee:.4%} taker, "
        f"leverage {number(terms.leverage)}, latency {number(terms.latency_ns / 1e6)} ms."
    )


def _accepted(event: ev.OrderAccepted) -> str:
    role = "" if event.order.role == "entry" else f" ({event.order.role})"
    return f"Order {event.id}{role}: {order_words(event.order)}."


def _changed(event: ev.OrderChanged) -> str:
    terms = {"limit": event.limit, "stop": event.stop, "trail": event.trail}
    prices = "".join(f", {name} {number(value)}" for name, value in terms.items() if value)
    return f"Order {event.id} changed: size {number(event.size)}{prices}."


def _ended(event: ev.OrderEnded) -> str:
    reason = end_words(event.reason)
    state = "filled" if event.state is State.FILLED else event.state.name.lower()
    return f"Order {event.id} {state}{f': {reason}' if reason else ''}."


def _filled(event: ev.Filled) -> str:
    done = "Bought" if event.side is Side.BUY else "Sold"
    forced = " by liquidation" if event.cause is Cause.LIQUIDATION else ""
    realised = f", realised {number(event.realised)}" if event.realised else ""
    return (
        f"{done} {number(event.size)} {event.symbol} at {number(event.price)}{forced}, "
        f"fee {number(event.fee)}{realised}."
    )


def _moved(event: ev.CashMoved, name: Callable[[str], str]) -> str:
    source, target = name(event.source), name(event.target)
    return f"{number(event.amount)} moved from {source} to {target}: {event.why}"


def _automation(event: ev.AutomationSet) -> str:
    words = f": {event.words}" if event.words else "."
    return f"{event.name} on {', '.join(event.symbols)} {event.interval} is {event.state}{words}"


def _noted(event: ev.Noted) -> str:
    tags = f" [{', '.join(event.tags)}]" if event.tags else ""
    return f"Note on {event.subject}: {event.text}{tags}"


def _jumped(event: ev.ClockJumped) -> str:
    moved = (event.after_ns - event.before_ns) / SECOND
    way = "forward" if moved > 0 else "back"
    return f"The computer's clock was put {way} by {number(round(abs(moved), 1))} s."


def _gap(event: ev.MarketGap) -> str:
    begin, end = _clock(event.from_ns), _clock(event.to_ns)
    return f"{event.symbol or 'The market'} was not heard from {begin} to {end} UTC: {event.words}"


def _clock(time_ns: int) -> str:
    return f"{datetime.fromtimestamp(time_ns / SECOND, UTC):%Y-%m-%d %H:%M:%S}"


_SENTENCES: dict[type, Callable[[Any], str]] = {
    ev.AccountOpened: _opened,
    ev.TermsChanged: _terms,
    ev.LimitsSet: lambda event: f"Risk limits were set by {event.by}.",
    ev.OrderAccepted: _accepted,
    ev.OrderRefused: lambda event: event.words,
    ev.CommandRefused: lambda event: event.words,
    ev.OrderChanged: _changed,
    ev.OrderTriggered: lambda event: f"The market reached the stop of order {event.id}.",
    ev.OrderEnded: _ended,
    ev.Filled: _filled,
    ev.EquityMarked: lambda event: f"Equity {number(round(event.equity, 2))}.",
    ev.RiskTripped: lambda event: event.words,
    ev.Halted: lambda event: event.why,
    ev.Resumed: lambda event: f"Trading goes on, by {event.by}.",
    ev.AutomationSet: _automation,
    ev.Noted: _noted,
    ev.ClockJumped: _jumped,
    ev.SessionBegan: lambda event: f"Prices of {event.source} from now on.",
    ev.SessionEnded: lambda event: f"No more prices: {event.why}",
    ev.MarketGap: _gap,
}

_NAMED: dict[type, Callable[[Any, Callable[[str], str]], str]] = {
    ev.CashMoved: _moved,
    ev.AutomationStepped: lambda event, name: f"{name(event.owner)} saw a candle close.",
    ev.AutomationRemoved: lambda event, name: f"Automation {name(event.owner)} was removed.",
}
"""Those that call owners by name."""
