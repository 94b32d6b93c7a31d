"""Characters of a market, and the rate that it can be held to."""

import math
import random
from itertools import pairwise

import pytest

from data_feed.simulator.exchange import SimulatedExchange
from data_feed.simulator.fair_value import FairValue
from data_feed.simulator.products import at_rate, products_for
from data_feed.simulator.regimes import NORMAL, REGIMES, Regime
from market.types import MINUTE, SECOND

START = 1_700_000_000 * SECOND


def walk(regime: Regime, seed: int, seconds: int) -> list[float]:
    fair = FairValue(100_000.0, 0.03, random.Random(seed), regime)
    values = []
    for _ in range(seconds):
        fair.change_mood(1.0)
        fair.step(1.0)
        values.append(fair.ticks)
    return values


def deepest_fall(values: list[float], within: int) -> float:
    """The largest share lost within so many steps."""
    return max(
        1.0 - values[at + within] / values[at] for at in range(0, len(values) - within, within // 4)
    )


def kurtosis(values: list[float]) -> float:
    moves = [math.log(b / a) for a, b in pairwise(values)]
    second = sum(move**2 for move in moves) / len(moves)
    return sum(move**4 for move in moves) / len(moves) / second**2


def test_a_crash_falls_by_per_cents_and_comes_back_in_part() -> None:
    for seed in range(4):
        values = walk(REGIMES["crash"], seed, 3600)
        assert deepest_fall(values, 80) > 0.02
        assert deepest_fall(walk(NORMAL, seed, 3600), 80) < 0.012
    quick = Regime(crash_every_s=1e-9, crash_s=10.0, recovery=1.0, trend_strength=0.0)
    values = walk(quick, 1, 51)
    assert values[9] < 0.98 * 100_000
    assert values[-1] > values[9] + 0.6 * (100_000 - values[9])


def test_trends_are_longer_ways_and_bursts_wilder_moves() -> None:
    def way(name: str) -> float:
        return sum(
            abs(math.log(w[-1] / w[0])) for w in (walk(REGIMES[name], s, 900) for s in range(30))
        )

    assert way("trend") > 1.8 * way("normal")
    bursts, steady = (kurtosis(walk(REGIMES[name], 2, 7200)) for name in ("burst", "steady"))
    assert bursts > 5.0
    assert steady == pytest.approx(3.0, abs=0.5)


@pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)
def test_the_same_seed_gives_the_same_trades_however_time_is_cut(regime: Regime) -> None:
    products = at_rate(products_for(["BTC-USD", "LTC-USD"]), 100)
    whole, cut = (SimulatedExchange(products, 5, START, regime) for _ in range(2))
    expected = whole.advance(START + 20 * SECOND)
    found = [match for n in range(1, 41) for match in cut.advance(START + n * SECOND // 2)]
    assert found == expected
    assert SimulatedExchange(products, 6, START, regime).advance(START + 20 * SECOND) != expected


@pytest.mark.parametrize("name", ["steady", "crash"])
def test_a_rate_is_held(name: str) -> None:
    exchange = SimulatedExchange(
        at_rate(products_for(["BTC-USD", "ADA-USD"]), 400), 7, START, REGIMES[name]
    )
    exchange.advance(START + MINUTE)
    matches = exchange.advance(START + 2 * MINUTE)
    assert 2 * len(matches) / 60 == pytest.approx(400, rel=0.2)
    lively = sum(match.symbol == "BTC-USD" for match in matches) / len(matches)
    assert lively == pytest.approx(19 / 26, abs=0.05)
