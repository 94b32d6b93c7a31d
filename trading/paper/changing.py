"""Live orders: changed and cancelled."""

from collections.abc import Iterable
from math import isfinite

from trading.errors import BadOrder
from trading.paper.commands import Cancel, CancelAll, Change
from trading.paper.floor import Floor
from trading.paper.grid import fitted, off_price_step, off_size_step
from trading.paper.portfolio import Portfolio
from trading.paper.risk import Intent, Refusal
from trading.paper.risk_rules import check
from trading.paper.standing import LiveOrder
from trading.paper.terms import MANUAL

__all__ = ["cancel", "cancel_all", "cancel_one", "change"]


def cancel(floor: Floor, portfolio: Portfolio, ids: Iterable[int]) -> None:
    """Cancel live orders of a portfolio."""
    found = tuple(ids)
    for number in found:
        portfolio.engine.cancel(portfolio.numbers[number])
    if found:
        floor.collect(portfolio, portfolio.owner)


def cancel_one(floor: Floor, command: Cancel) -> None:
    """Cancel the order that is named."""
    order = floor.records.orders.get(command.id)
    if order is None:
        floor.refuse(command.by, "cancel", *_no_order(floor, command.id))
    else:
        cancel(floor, floor.portfolios[order.owner], (order.id,))


def cancel_all(floor: Floor, command: CancelAll) -> None:
    """Cancel every live order that is meant; there may be none."""
    for portfolio in floor.owned(command.owner):
        cancel(floor, portfolio, [
            order.id
            for order in portfolio.record.live.values()
            if command.symbol in (None, order.terms.symbol)
        ])  # fmt: skip


def change(floor: Floor, command: Change) -> None:
    """Give a live order other terms."""
    order = floor.records.orders.get(command.id)
    if order is None:
        floor.refuse(command.by, "change", *_no_order(floor, command.id))
        return
    if command.by == order.owner != MANUAL:
        command = fitted(command, floor.lines[order.terms.symbol])
    refusal = _refused(floor, order, command)
    if refusal is not None:
        floor.refuse(command.by, "change", refusal.rule, refusal.words)
        return
    portfolio = floor.portfolios[order.owner]
    portfolio.show(floor.lines[order.terms.symbol], floor.time_ns)
    try:
        portfolio.engine.change(
            portfolio.numbers[order.id], size=command.size, limit=command.limit, stop=command.stop,
            trail=command.trail, time_ns=floor.time_ns,
        )  # fmt: skip
    except BadOrder as error:
        floor.refuse(command.by, "change", "order", f"Change refused: {error}")
        return
    floor.arrives(portfolio)
    floor.collect(portfolio, command.by)


def _no_order(floor: Floor, number: int) -> tuple[str, str]:
    """Why nothing can be done with an order that is not live: a code and a sentence."""
    count = floor.records.order_count
    if 1 <= number <= count:
        return "ended", f"Order {number} has ended already."
    return "unknown_order", f"There is no order {number}; there are {count}."


def _refused(floor: Floor, order: LiveOrder, command: Change) -> Refusal | None:
    """What speaks against the order as it would be."""
    if floor.closed:
        return Refusal("feed", f"Change refused: {floor.closed}")
    line, terms = floor.lines[order.terms.symbol], order.terms
    limit = order.limit if command.limit is None else command.limit
    stop = order.stop if command.stop is None else command.stop
    size = order.size if command.size is None else command.size
    if not (isfinite(size) and size > order.filled):
        least = f"{order.filled:.12g}"
        return Refusal("size", f"Change refused: size. It was {size}; allowed is above {least}.")
    off = off_price_step(command, line)
    if off is None and command.size is not None:
        off = off_size_step(command.size, line)
    if off is not None:
        return Refusal(off.rule, off.words.replace("Order", "Change", 1))
    own = tuple(each for each in (command.limit, command.stop) if each is not None)
    price = limit or stop or line.expected(terms.side)
    intent = Intent(
        terms.symbol, int(terms.side), size - order.filled, price, own, (), terms.reduce_only
    )
    facts = floor.facts(line, floor.portfolios[order.owner], int(terms.side), order)
    return check(floor.records.limits, floor.records.risk, intent, facts)
