"""Filling a few pixels of a row, with and without masked stores."""

import numpy as np
import pytest
from llvmlite import binding  # type: ignore[import-untyped]
from numba import config

from chart_acceleration.renderers.lanes import (
    INK_LANES,
    LANES,
    blend_in_loop,
    blend_span,
    fill_in_loop,
    fill_span,
    has_masked_stores,
)
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


@kernel
def blend(pixels: U8, place: int, coverage: U8, start: int, count: int, ramp: int) -> None:
    blend_span(pixels, place, coverage, start, count, ramp)


@kernel
def blend_loop(pixels: U8, place: int, coverage: U8, start: int, count: int, ramp: int) -> None:
    blend_in_loop(pixels, place, coverage, start, count, ramp)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 15, INK_LANES])
@pytest.mark.parametrize("start", [0, 3])
def test_only_ink_inside_the_span_is_put(start: int, count: int) -> None:
    coverage = np.random.default_rng(1).integers(0, 4, start + INK_LANES, np.uint8)
    for way in (blend, blend_loop):
        pixels = np.full(40, 9, dtype=np.uint8)
        expected = pixels.copy()
        for i in range(count):
            ink = coverage[start + i]
            expected[5 + i] = (9, 200, 17, 3)[ink]
        way(pixels, 5, coverage, start, count, 200 << 8 | 17 << 16 | 3 << 24)
        assert pixels.tolist() == expected.tolist()


def test_the_features_that_were_chosen_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(config), "CPU_FEATURES", "+avx2,-avx512bw")
    assert not has_masked_stores()
    monkeypatch.setitem(vars(config), "CPU_FEATURES", "+avx2,+avx512bw")
    assert has_masked_stores()
    monkeypatch.setitem(vars(config), "CPU_FEATURES", None)
    monkeypatch.setattr(binding, "get_host_cpu_features", dict)
    assert not has_masked_stores()
