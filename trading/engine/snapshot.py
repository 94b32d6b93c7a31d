"""An engine's state as plain values, to take it out of one engine and put it into another.

What has ended is not part of it: of orders only the live ones, of fills only what they came to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from market.types import Side
from trading.engine.lifecycle import enter_order
from trading.engine.orders import Order
from trading.engine.records import (
    POST_ONLY,
    REDUCE_ONLY,
    Books,
    Kind,
    Sizing,
    State,
    TimeInForce,
    grown,
)
from trading.errors import BadOrder

__all__ = ["EngineState", "HeldPosition", "LiveOrder", "read_order", "read_state", "restored"]


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """What a symbol has come to: signed ``size`` and ``cost``, the last price, money so far.

    ``realised`` is before ``fees``; ``mark`` is 0 where no price is known.
    """

    size: float = 0.0
    cost: float = 0.0
    mark: float = 0.0
    realised: float = 0.0
    fees: float = 0.0


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """An order that may still fill, and how far it has come.

    ``key`` is any number of its own above 0; ``order.parent`` is the key of a live order before it,
    or 0, also for a child whose parent has ended: then ``order.size`` is what that one filled.
    ``order.stop`` of a trailing stop is where it stands now (0: not drawn yet). ``taken`` is what
    the others of its group filled. ``working``: the market knows it. ``ahead``: size before it in
    the queue, infinite where that is not known.
    """

    key: int
    order: Order
    placed_ns: int
    active_ns: int
    filled: float = 0.0
    taken: float = 0.0
    triggered: bool = False
    working: bool = False
    ahead: float = float("inf")


@dataclass(frozen=True, slots=True)
class EngineState:
    """Everything that decides what an engine does next, but for the prices that it knows.

    ``orders`` oldest first.
    """

    cash: float
    start: float
    time_ns: int
    positions: Mapping[str, HeldPosition] = field(default_factory=dict)
    orders: tuple[LiveOrder, ...] = ()


def read_state(books: Books, symbols: tuple[str, ...]) -> EngineState:
    """The state of ``books``; the keys of orders are their numbers."""
    account = books.account[0]
    names = ("size", "cost", "mark", "realised", "fees")
    positions = {
        symbol: HeldPosition(*(float(position[name]) for name in names))
        for symbol, position in zip(symbols, books.positions, strict=True)
    }
    live = books.live[: account["live"]]
    orders = tuple(
        _read_live(books, int(at) + 1, symbols)
        for at in live if books.orders[at]["state"] <= State.WORKING
    )  # fmt: skip
    return EngineState(
        float(account["cash"]), float(account["start"]), int(account["time_ns"]), positions, orders
    )


def read_order(books: Books, number: int, symbols: tuple[str, ...]) -> Order:
    """Order ``number`` as it would be written now: sized, without a parent that has ended."""
    record = books.orders[number - 1]
    parent = int(record["parent"])
    ended = bool(parent and books.orders[parent - 1]["state"] > State.WORKING)
    sized = record["sizing"] == Sizing.GIVEN or record["size"] > 0
    return Order(
        symbol=symbols[record["symbol"]], side=Side(int(record["side"])),
        size=float(record["size"]), kind=Kind(record["kind"]), limit=float(record["limit"]),
        stop=float(record["stop"]), trail=float(record["trail"]), tif=TimeInForce(record["tif"]),
        reduce_only=bool(record["flags"] & REDUCE_ONLY),
        post_only=bool(record["flags"] & POST_ONLY), parent=0 if ended else parent,
        group=int(record["group"]), share=0.0 if sized else float(record["share"]),
        sizing=Sizing.GIVEN if sized else Sizing(record["sizing"]),
    )  # fmt: skip


def _read_live(books: Books, number: int, symbols: tuple[str, ...]) -> LiveOrder:
    record = books.orders[number - 1]
    return LiveOrder(
        number, read_order(books, number, symbols), int(record["placed_ns"]),
        int(record["active_ns"]), float(record["filled"]), float(record["taken"]),
        bool(record["triggered"]), bool(record["state"] == State.WORKING), float(record["ahead"]),
    )  # fmt: skip


def restored(books: Books, state: EngineState, indices: Mapping[str, int]) -> Books:
    """``books`` with ``state`` written into them, and nothing of what was before.

    Raises :class:`BadOrder` for an unknown symbol or parent; ``books`` are unchanged then.
    """
    numbers = {kept.key: number for number, kept in enumerate(state.orders, 1)}
    _check_names(state, indices, numbers)
    new = grown(books, len(state.orders) + 1, len(state.orders) + 1)
    account = new.account[0]
    account["cash"], account["start"], account["time_ns"] = state.cash, state.start, state.time_ns
    account["orders"] = account["live"] = account["fills"] = 0
    for name in ("size", "cost", "mark", "realised", "fees"):
        new.positions[name] = 0.0
    for symbol, held in state.positions.items():
        position = new.positions[indices[symbol]]
        position["size"], position["cost"], position["mark"] = held.size, held.cost, held.mark
        position["realised"], position["fees"] = held.realised, held.fees
    groups: dict[int, int] = {0: 0}
    for number, kept in enumerate(state.orders, 1):
        group = groups.setdefault(kept.order.group, number)
        _enter(new, kept, indices[kept.order.symbol], numbers.get(kept.order.parent, 0), group)
    return new


def _check_names(
    state: EngineState, indices: Mapping[str, int], numbers: Mapping[int, int]
) -> None:
    for symbol in (*state.positions, *(kept.order.symbol for kept in state.orders)):
        if symbol not in indices:
            raise BadOrder(f"There is no symbol {symbol!r}; there are {', '.join(indices)}.")
    for kept in state.orders:
        parent = kept.order.parent
        if parent and numbers.get(parent, numbers[kept.key]) >= numbers[kept.key]:
            raise BadOrder(f"Order {kept.key} has the parent {parent}; no order before it has.")


def _enter(books: Books, kept: LiveOrder, symbol: int, parent: int, group: int) -> None:
    order = kept.order
    number = enter_order(
        books, symbol, int(order.side), int(order.kind), int(order.tif), order.flags,
        float(order.size), float(order.limit), float(order.stop), float(order.trail), parent,
        group, int(kept.placed_ns),
    )  # fmt: skip
    record = books.orders[number - 1]
    record["active_ns"], record["filled"], record["taken"] = kept.active_ns, kept.filled, kept.taken
    record["triggered"], record["ahead"] = kept.triggered, kept.ahead
    record["share"], record["sizing"] = order.share, order.sizing
    record["state"] = State.WORKING if kept.working else State.WAITING
