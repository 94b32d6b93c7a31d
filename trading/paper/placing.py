"""Orders that are placed, and the rules that they pass before."""

from math import isfinite

from market.types import Side
from trading.engine.records import Kind, Sizing
from trading.errors import BadOrder
from trading.paper.changing import cancel
from trading.paper.commands import Place, Target
from trading.paper.events import OrderAccepted, OrderRefused
from trading.paper.floor import Floor
from trading.paper.grid import fitted, off_price_step, too_small
from trading.paper.intake import affordable, asked, change_to, entry_price, sized, wrong_exits
from trading.paper.portfolio import Portfolio
from trading.paper.risk import Intent, Refusal
from trading.paper.risk_rules import check
from trading.paper.tape import Line
from trading.paper.terms import MANUAL, OrderTerms, Role

__all__ = ["enter", "place", "ruled", "target"]

_BUY, _SELL, _MARKET, _TARGET = Side.BUY, Side.SELL, Kind.MARKET, Sizing.TARGET
"""Named once: to ask an enumeration for a member takes longer than to compare with it."""


def place(floor: Floor, command: Place) -> None:
    """Place an order with its exits, or refuse it; a program's is brought to the steps before."""
    line = floor.lines.get(command.symbol)
    if line is not None and command.owner != MANUAL and not command.reduce_only:
        command = fitted(command, line)
    found = _written(floor, command)
    if isinstance(found, Refusal):
        order = asked(command, command.size or 0.0)
        floor.emit(
            OrderRefused(floor.time_ns, command.owner, order, found.rule, found.words, command.key)
        )
        return
    enter(floor, floor.portfolios[command.owner], _with_exits(floor, command, found), command.key)


def _written(floor: Floor, command: Place) -> OrderTerms | Refusal:
    """The order as it is going to be placed, or why it cannot be."""
    line, portfolio = floor.lines.get(command.symbol), floor.portfolios.get(command.owner)
    if line is None:
        return _unknown(floor, command.symbol)
    if portfolio is None:
        return Refusal("owner", f"Order refused: there is no portfolio {command.owner!r}.")
    if floor.closed:
        return Refusal("feed", f"Order refused: {floor.closed}")
    terms, means = floor.records.terms, floor.means(portfolio, command.symbol)
    size = sized(command, line, means, terms)
    if isinstance(size, Refusal):
        return size
    price = entry_price(command, line)
    if not command.reduce_only:
        small = too_small(size, price, line)
        if small is not None:
            return small
    own = tuple(filter(None, (command.limit, command.stop)))
    exits = tuple(filter(None, (command.stop_loss, command.take_profit)))
    intent = Intent(command.symbol, command.side, size, price, own, exits, command.reduce_only)
    refusal = off_price_step(command, line) or ruled(floor, line, portfolio, intent)
    if refusal is None and exits:
        refusal = wrong_exits(command, line)
    if refusal is None and not command.reduce_only:
        if command.fraction is None or command.kind is not Kind.MARKET:
            refusal = affordable(intent.side, size, price, means, line, terms)
        refusal = refusal or _short(floor, intent, means.held)
    return refusal or asked(command, size)


def ruled(floor: Floor, line: Line, portfolio: Portfolio, intent: Intent) -> Refusal | None:
    """What the rules of risk say against an order."""
    records = floor.records
    return check(records.limits, records.risk, intent, floor.facts(line, portfolio, intent.side))


def _short(floor: Floor, intent: Intent, held: float) -> Refusal | None:
    if floor.records.terms.short or intent.side > 0 or intent.size <= held:
        return None
    return Refusal(
        "position",
        f"Order refused: position. Sells {intent.size:.12g}, {max(0.0, held):.12g} held, and short "
        "selling is off.",
    )


def _unknown(floor: Floor, symbol: str) -> Refusal:
    names = ", ".join(floor.lines) or "none"
    currency = floor.records.terms.currency
    return Refusal(
        "symbol",
        f"Order refused: {symbol[:40]} is not traded here. This account trades what is paid in "
        f"{currency}: {names}.",
    )


def _with_exits(floor: Floor, command: Place, entry: OrderTerms) -> tuple[OrderTerms, ...]:
    """The entry, and the orders that close it at a loss or a profit."""
    first = floor.records.order_count + 1
    side = type(entry.side)(-entry.side)
    orders = [entry]
    if command.stop_loss:
        orders.append(
            OrderTerms(
                entry.symbol, side, Kind.STOP, entry.size, stop=command.stop_loss,
                reduce_only=True, role=Role.STOP_LOSS, parent=first, group=first,
            )
        )  # fmt: skip
    if command.take_profit:
        orders.append(
            OrderTerms(
                entry.symbol, side, Kind.LIMIT, entry.size, limit=command.take_profit,
                reduce_only=True, role=Role.TAKE_PROFIT, parent=first, group=first,
            )
        )  # fmt: skip
    return tuple(orders)


def enter(
    floor: Floor, portfolio: Portfolio, orders: tuple[OrderTerms, ...], key: str | None = None
) -> None:
    """Place orders that may be placed, and let them act."""
    records, now, symbol = floor.records, floor.time_ns, orders[0].symbol
    first = records.order_count + 1
    portfolio.show(floor.lines[symbol], now)
    try:
        placed, acted = portfolio.enter(first, orders, now)
    except BadOrder as error:
        words = f"Order refused: {error}"
        floor.emit(OrderRefused(now, portfolio.owner, orders[0], "order", words, key))
        return
    for number, terms in enumerate(placed, first):
        floor.watch(portfolio, terms)
        floor.emit(OrderAccepted(now, number, portfolio.owner, terms, key))
        key = None
    if records.terms.latency_ns:
        floor.arrivals.append(now + records.terms.latency_ns)
    elif acted:
        floor.collect(portfolio)


def target(floor: Floor, command: Target) -> None:
    """Bring positions to fractions of the equity, where that is another target than before."""
    portfolio = floor.portfolios.get(command.owner)
    if portfolio is None:
        words = f"There is no portfolio {command.owner!r}."
        floor.refuse(command.owner, "target", "owner", words)
        return
    known, key, again = portfolio.record.targets, command.key, command.again
    for symbol, fraction in command.targets:
        if again or known.get(symbol, 0.0) != fraction:
            _bring(floor, portfolio, symbol, fraction, key)
            key = None


def _bring(
    floor: Floor, portfolio: Portfolio, symbol: str, fraction: float, key: str | None
) -> None:
    found = _towards(floor, portfolio, symbol, fraction)
    if isinstance(found, Refusal):
        order = _to_share(symbol, Side.BUY, fraction if isfinite(fraction) else 0.0)
        floor.emit(
            OrderRefused(floor.time_ns, portfolio.owner, order, found.rule, found.words, key)
        )
        return
    older = [
        each.id
        for each in portfolio.record.live.values()
        if each.terms.symbol == symbol and each.terms.sizing is _TARGET
    ]
    cancel(floor, portfolio, older)
    if found:
        enter(floor, portfolio, (_to_share(symbol, found, fraction),), key)


def _to_share(symbol: str, side: Side, share: float) -> OrderTerms:
    """The order that brings a position to ``share`` of the equity."""
    return OrderTerms(symbol, side, _MARKET, 0.0, sizing=_TARGET, share=share)


def _towards(
    floor: Floor, portfolio: Portfolio, symbol: str, fraction: float
) -> Side | Refusal | None:
    """The side of the order that brings a position to its target, or why that may not be.

    None where the position is there.
    """
    line, terms = floor.lines.get(symbol), floor.records.terms
    if line is None:
        return _unknown(floor, symbol)
    if floor.closed:
        return Refusal("feed", f"Order refused: {floor.closed}")
    least = -terms.leverage if terms.short else 0.0
    if not least <= fraction <= terms.leverage:
        return Refusal(
            "size",
            f"Order refused: size. The target was {fraction} of the equity; allowed is {least:g} "
            f"to {terms.leverage:g}.",
        )
    means = floor.means(portfolio, symbol)
    change = change_to(fraction, line, means, terms) if line.mark else 1.0
    if not change:
        return None
    side = _BUY if change > 0 else _SELL
    price = line.expected(side)
    if fraction and line.mark and too_small(abs(change), price, line):
        return None
    intent = Intent(symbol, side, abs(change), price, reduce_only=fraction == 0)
    return ruled(floor, line, portfolio, intent) or side
