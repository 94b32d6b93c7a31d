"""Fills against a recorded market (Binance, BTCUSDT, 9 August 2024), worked out by hand.

The recording's depth snapshot (update 50093239218) offered, best first,

    1.54698 at 61837.64    0.00843 at 61837.65    0.00016 at 61837.68    0.00086 at 61838.13
    0.00082 at 61838.95    0.32331 at 61839.87    0.00010 at 61839.92    0.07284 at 61840.49
    0.00422 at 61840.97    0.00040 at 61841.13    0.06470 at 61841.50    …

Half a second later (update 50093240329) the best bid was 61828.01 with 0.03448, a moment later
0.12755 were shown there; then sellers took 0.01318, 0.02130, 0.01752, 0.04342, 0.03187 and 0.00016
at it, and the next one 0.00009 at 61826.01.
"""

import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from market.columns import F64
from market.types import Side
from tests.data_feed.frames import BINANCE
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Fees, Matching, Policies
from trading.engine.records import Kind

pytestmark = pytest.mark.kernel

X = "BTC-USDT"
SNAPSHOT, SHOWN = 50093239218, 50093240329
OFFERED = [
    ("61837.64", "1.54698"), ("61837.65", "0.00843"), ("61837.68", "0.00016"),
    ("61838.13", "0.00086"), ("61838.95", "0.00082"), ("61839.87", "0.32331"),
    ("61839.92", "0.0001"), ("61840.49", "0.07284"), ("61840.97", "0.00422"),
    ("61841.13", "0.0004"), ("61841.5", "0.04188"),
]  # fmt: skip


class Recorded:
    """The recording, frame by frame, into an engine."""

    def __init__(self, shared_data: Path) -> None:
        self.engine = Engine([X], 1_000_000.0, Policies(Fees(0, 0), matching=Matching.LIVE))
        self._sides: tuple[dict[float, float], dict[float, float]] = {}, {}
        self._frames = _frames(shared_data / "ws" / BINANCE)
        self.update = self.now = 0

    def step(self) -> None:
        """Give the next frame that says something to the engine."""
        self.now, frame = next(self._frames)
        data = frame.get("data", frame)
        if "lastUpdateId" in data:
            self.update = data["lastUpdateId"]
            self._levels(data["bids"], data["asks"])
        elif data.get("e") == "depthUpdate" and data["u"] > self.update > 0:
            self.update = data["u"]
            self._levels(data["b"], data["a"])
        elif data.get("e") == "trade":
            side = Side.SELL if data["m"] else Side.BUY
            self.engine.trade(X, float(data["p"]), float(data["q"]), self.now, side)

    def until(self, update: int) -> None:
        """Up to this update of the book."""
        while self.update < update:
            self.step()

    def _levels(self, *changed: list[tuple[str, str]]) -> None:
        for side, levels in zip(self._sides, changed, strict=True):
            for price, size in levels:
                side[float(price)] = float(size)
                if float(size) == 0:
                    del side[float(price)]
        bids, asks = self._sides
        self.engine.book(X, _best(bids, -1), _best(asks, 1), self.now)


def _frames(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with gzip.open(path, "rt") as lines:
        for line in lines:
            time_ns, _, text = line.partition(" ")
            yield int(time_ns), json.loads(text)


def _best(side: dict[float, float], way: int) -> F64:
    prices = sorted(side, key=lambda price: way * price)[:64]
    return np.array([prices, [side[price] for price in prices]])


def test_market_order_eats_the_recorded_book(shared_data: Path) -> None:
    market = Recorded(shared_data)
    market.until(SNAPSHOT)
    market.engine.place(Order(symbol=X, side=Side.BUY, size=2), market.now)
    market.engine.wake()
    fills = market.engine.fills
    assert [(repr(float(f["price"])), repr(float(f["size"]))) for f in fills] == OFFERED
    paid = sum((Decimal(price) * Decimal(size) for price, size in OFFERED), Decimal())
    assert market.engine.cash == pytest.approx(float(1_000_000 - paid), abs=1e-7)


def test_limit_order_waits_in_the_recorded_queue(shared_data: Path) -> None:
    market = Recorded(shared_data)
    market.until(SHOWN)
    order = Order(symbol=X, side=Side.BUY, size=0.1, kind=Kind.LIMIT, limit=61828.01)
    number = market.engine.place(order, market.now)
    market.engine.wake()
    assert market.engine.queue_ahead(number) == 0.03448
    while len(market.engine.fills) < 5:
        market.step()
    # 0.01318 and 0.0213 were before it; then it is filled, the last part by the trade below it
    sizes = [repr(float(size)) for size in market.engine.fills["size"]]
    assert sizes == ["0.01752", "0.04342", "0.03187", "0.00016", "0.00703"]
    assert set(market.engine.fills["price"].tolist()) == {61828.01}
    assert market.engine.fills["maker"].all()
    assert market.engine.positions[0]["mark"] == 61826.01
