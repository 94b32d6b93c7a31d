"""Filling a few pixels of a row, with and without masked stores."""

import numpy as np
import pytest
from llvmlite import binding  # type: ignore[import-untyped]
from numba import config

from chart_acceleration.renderers.lanes import LANES, fill_in_loop, fill_span, has_masked_stores
from chart_acceleration.scene import U8
from market.kernel import kernel

pytestmark = pytest.mark.kernel


@kernel
def fill(pixels: U8, y: int, x: int, count: int, colour: int) -> None:
    fill_span(pixels, y, x, count, colour)


@kernel
def loop(pixels: U8, y: int, x: int, count: int, colour: int) -> None:
    fill_in_loop(pixels, y, x, count, colour)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 31, 32, 33, 63])
@pytest.mark.parametrize("at", [0, 1, 77])
def test_only_the_span_is_filled(at: int, count: int) -> None:
    for way in (fill, loop):
        pixels = np.full((3, 2 * LANES + 20), 9, dtype=np.uint8)
        expected = pixels.copy()
        expected[1, at : at + count] = 200
        way(pixels, 1, at, count, 200)
        assert (pixels == expected).all()


def test_the_features_that_were_chosen_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(config), "CPU_FEATURES", "+avx2,-avx512bw")
    assert not has_masked_stores()
    monkeypatch.setitem(vars(config), "CPU_FEATURES", "+avx2,+avx512bw")
    assert has_masked_stores()
    monkeypatch.setitem(vars(config), "CPU_FEATURES", None)
    monkeypatch.setattr(binding, "get_host_cpu_features", dict)
    assert not has_masked_stores()
