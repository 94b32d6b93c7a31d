"""Percentiles and the mean of the worst against numpy, over short and long, smooth and lumpy."""

import numpy as np
import pytest

from trading.metrics.tails import tails_of

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("count", [1, 2, 3, 20, 21, 22, 1_000, 20_000, 30_001])
@pytest.mark.parametrize("kind", ["normal", "mostly zero", "rising", "equal"])
def test_equal_numpy(count: int, kind: str) -> None:
    draws = np.random.default_rng(count)
    returns = {
        "normal": draws.normal(0, 0.01, count),
        "mostly zero": np.where(draws.random(count) < 0.97, 0.0, draws.normal(0, 0.01, count)),
        "rising": np.arange(count) / count / 1_000,
        "equal": np.full(count, 0.0),
    }[kind]
    values = np.cumprod(np.concatenate((np.zeros(1), returns)) + 1.0) * 100.0
    tails = tails_of(np.asarray(values, np.float64))
    returns = values[1:] / values[:-1] - 1
    worst = np.sort(returns)[: int((count - 1) * 0.05) + 1].mean()
    expected = (*np.quantile(returns, [0.05, 0.95]), worst)
    assert tails == pytest.approx(expected, rel=1e-12, abs=1e-15)
