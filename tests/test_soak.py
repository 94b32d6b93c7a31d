"""The slope that the soak judges by: growth is found in noise, noise is not taken for growth."""

import numpy as np
import pytest

from benchmarks.soak import FLAT_MB, Lag, slope

TIMES = np.arange(0, 600, 0.25)


def noise(seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(0.0, 0.05, len(TIMES))


@pytest.mark.parametrize("seed", range(5))
def test_a_leak_is_found_whatever_the_noise(seed: int) -> None:
    found = slope(TIMES, 150 + TIMES * 12 / 3600 + noise(seed))
    assert found.per_hour == pytest.approx(12, abs=1)
    assert abs(found.per_hour - 12) < 2 * found.margin
    assert not found.flat


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_flat_and_so_is_a_start_that_settles(seed: int) -> None:
    settling = 150 - 20 * np.exp(-TIMES / 20)
    found = slope(TIMES, settling + noise(seed))
    assert found.flat
    assert found.per_hour - found.margin < FLAT_MB


def test_percentiles_are_upper_borders_of_bins() -> None:
    lag = Lag()
    for _ in range(99):
        for stage in ("receive", "parse", "ingest"):
            lag.report(stage, 10_000)
    for stage, time_ns in (("receive", 900_000), ("parse", 50_000), ("ingest", 50_000)):
        lag.report(stage, time_ns)
    assert 30 < lag.percentile_us(0.5) <= 30 * 2**0.5
    assert 1000 < lag.percentile_us(1.0) <= 1000 * 2**0.5
