import math
import random
import statistics
from itertools import pairwise

import pytest

from data_feed.simulator.fair_value import FairValue


def walk(seed: int, seconds: int, ticks: float = 100_000.0) -> list[float]:
    fair = FairValue(ticks, 0.04, random.Random(seed))
    values = [fair.ticks]
    for _ in range(seconds):
        fair.change_mood(1.0)
        fair.step(1.0)
        values.append(fair.ticks)
    return values


def returns(values: list[float]) -> list[float]:
    return [math.log(b / a) for a, b in pairwise(values)]


def test_daily_volatility_is_about_the_products() -> None:
    moves = [move for seed in range(8) for move in returns(walk(seed, 1800))]
    daily = statistics.pstdev(moves) * math.sqrt(86_400)
    assert 0.025 < daily < 0.065


def test_volatility_clusters() -> None:
    moves = [abs(move) for move in returns(walk(3, 7200))]
    near = statistics.correlation(moves[:-5], moves[5:])
    assert near > 0.05


def test_value_stays_above_the_floor_and_activity_in_bounds() -> None:
    fair = FairValue(60.0, 2.0, random.Random(1))
    for _ in range(2000):
        fair.change_mood(1.0)
        fair.step(1.0)
        assert fair.ticks >= 50.0
        assert 0.0 < fair.activity <= 4.0


def test_push_moves_the_value_at_once() -> None:
    fair = FairValue(1000.0, 0.04, random.Random(1))
    before = fair.ticks
    fair.push(2.5)
    assert fair.ticks == pytest.approx(before + 2.5)
