"""Round trips out of fills: a position from its first fill until it is flat.

Fills that add to a position belong to its round trip, and so do those that close it bit by bit; the
prices are means, weighted by size. A fill that turns a position around ends one round trip and
begins the next: fee and slippage are shared by size.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64, CandleWindow
from market.kernel import lean_kernel
from trading.trades import Trades, excursions

__all__ = ["TRIP", "pair_fills", "paired", "round_trips", "trades_of"]

Records = NDArray[np.void]

TRIP = np.dtype(
    [
        ("symbol", np.int64),
        ("side", np.int64),
        ("entry_ns", np.int64),
        ("exit_ns", np.int64),
        ("entry_bar", np.int64),
        ("exit_bar", np.int64),
        ("opened_size", np.float64),
        ("opened", np.float64),  # value at the prices of the fills
        ("closed_size", np.float64),
        ("closed", np.float64),
        ("entry_fees", np.float64),
        ("fees", np.float64),
        ("slippage", np.float64),
        ("entry_reference", np.float64),  # of the first fill
        ("exit_reference", np.float64),  # of the last
        ("is_open", np.int64),
    ],
    align=True,
)
"""A round trip while it is put together."""


def round_trips(candles: Sequence[CandleWindow], fills: Records) -> Trades:
    """The round trips of ``fills``, FILL (k,) of :mod:`trading.engine.records`, oldest first.

    ``candles`` are those of every symbol, by the symbol's index in the fills; what is still open at
    their end is marked at the last close.
    """
    trips = paired(fills, len(candles))
    is_open = trips["is_open"] != 0
    closes = np.asarray([window.close[-1] for window in candles])[trips["symbol"]]
    ends_ns = np.asarray([window.time_ns[-1] for window in candles])[trips["symbol"]]
    leaves = trips["exit_bar"].copy()
    leaves[is_open] = np.asarray([len(window) for window in candles])[trips["symbol"]][is_open]
    found = trades_of(trips, closes, ends_ns, leaves - trips["entry_bar"])
    moves = _moves(candles, trips, leaves, found.entry_price, found.exit_price)
    return replace(found, adverse=moves[:, 0], favourable=moves[:, 1])


def paired(fills: Records, symbols: int) -> Records:
    """The round trips of ``fills`` of so many symbols, TRIP (m,), first entry first."""
    trips = np.zeros(len(fills), TRIP)
    held, current = np.zeros(symbols), np.zeros(symbols, np.int64)
    return trips[: pair_fills(fills, len(fills), trips, 0, held, current)]


def trades_of(trips: Records, closes: F64, ends_ns: I64, bars: I64) -> Trades:
    """Round trips as trades; of open ones the rest is worth ``closes`` at ``ends_ns``.

    All arrays (m,), by trip. How far prices moved for and against them is not known: NaN.
    """
    is_open = trips["is_open"] != 0
    rest = np.where(is_open, trips["opened_size"] - trips["closed_size"], 0.0)
    size, entry_value = trips["opened_size"].copy(), trips["opened"]
    exit_value = trips["closed"] + rest * closes
    pnl = trips["side"] * (exit_value - entry_value) - trips["fees"]
    unknown = np.full(len(trips), np.nan)
    return Trades(
        side=trips["side"].astype(np.int8),
        entry_ns=trips["entry_ns"].copy(),
        exit_ns=np.where(is_open, ends_ns, trips["exit_ns"]),
        entry_price=entry_value / size,
        exit_price=exit_value / size,
        size=size,
        pnl=pnl,
        return_fraction=pnl / (entry_value + trips["entry_fees"]),
        bars=bars,
        fees=trips["fees"].copy(),
        slippage=trips["slippage"].copy(),
        adverse=unknown,
        favourable=unknown,
        is_open=is_open,
        symbol=trips["symbol"].copy(),
    )


def _moves(
    candles: Sequence[CandleWindow], trips: Records, leaves: I64, entry: F64, exit_: F64
) -> F64:
    """Largest moves against and for each trip (m, 2), over the candles that it was open for whole.

    The first is one when it came in at its open, the last when it left at its close.
    """
    moves = np.empty((len(trips), 2))
    for symbol, window in enumerate(candles):
        # All of them as they stand where there is no other symbol: rows are long.
        own = trips["symbol"] == symbol if len(candles) > 1 else slice(None)
        mine = trips[own]
        enters, left = mine["entry_bar"], leaves[own]
        first = enters + (mine["entry_reference"] != window.open[enters])
        at = np.minimum(left, len(window) - 1)
        price = mine["exit_reference"]
        last = left + ((left == at) & (price == window.close[at]) & (price != window.open[at]))
        found = np.empty((len(mine), 2))
        excursions(
            window.high, window.low, mine["side"].astype(np.int8), first, last, entry[own],
            exit_[own], found,
        )  # fmt: skip
        moves[own] = found
    return moves


@lean_kernel
def _close(trip: Records, fill: Records, amount: float, ends: bool) -> None:
    share = amount / fill["size"]
    trip["closed_size"] += amount
    trip["closed"] += amount * fill["price"]
    trip["fees"] += fill["fee"] * share
    trip["slippage"] += amount * abs(fill["price"] - fill["reference"])
    trip["exit_ns"], trip["exit_bar"] = fill["time_ns"], fill["bar"]
    trip["exit_reference"] = fill["reference"]
    if ends:
        trip["is_open"] = 0


@lean_kernel
def _open(trip: Records, fill: Records, amount: float) -> None:
    share = amount / fill["size"]
    trip["opened_size"] += amount
    trip["opened"] += amount * fill["price"]
    trip["entry_fees"] += fill["fee"] * share
    trip["fees"] += fill["fee"] * share
    trip["slippage"] += amount * abs(fill["price"] - fill["reference"])


@lean_kernel
def _begin(trip: Records, fill: Records) -> None:
    trip["opened_size"], trip["opened"], trip["entry_fees"] = 0.0, 0.0, 0.0
    trip["closed_size"], trip["closed"] = 0.0, 0.0
    trip["fees"], trip["slippage"] = 0.0, 0.0
    trip["symbol"], trip["side"] = fill["symbol"], fill["side"]
    trip["entry_ns"], trip["entry_bar"] = fill["time_ns"], fill["bar"]
    trip["entry_reference"], trip["exit_reference"] = fill["reference"], fill["reference"]
    trip["exit_ns"], trip["exit_bar"] = fill["time_ns"], fill["bar"]
    trip["is_open"] = 1


@lean_kernel
def pair_fills(
    fills: Records, count: int, trips: Records, begun: int, held: F64, current: I64
) -> int:
    """Put the first ``count`` fills together into ``trips``; how many of these there are then.

    ``begun`` of them are there already, still open ones among them; there is space for ``count``
    more. ``held`` and ``current`` (symbols,) are the signed sizes held, added up as the engine
    does, and the trips that are open: all zeros before the first fill.
    """
    for at in range(count):
        fill = fills[at]
        symbol = fill["symbol"]
        before = held[symbol]
        change = fill["side"] * fill["size"]
        after = before + change
        opening = fill["size"]
        if before * change < 0:
            ends = after == 0 or (after > 0) != (before > 0)
            _close(trips[current[symbol]], fill, min(abs(change), abs(before)), ends)
            opening = abs(after) if ends else 0.0
        if opening > 0:
            if before == 0 or before * change < 0:
                _begin(trips[begun], fill)
                current[symbol] = begun
                begun += 1
            _open(trips[current[symbol]], fill, opening)
        held[symbol] = after
    return begun
