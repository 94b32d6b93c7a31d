"""Bundling against one pixel at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.bundle import (
    BLOCK,
    FEW,
    bundle,
    bundle_bits,
    bundled_size,
    largest,
)
from tests.encoders.reference import bundled

pytestmark = pytest.mark.kernel


@given(st.integers(1, 70), st.integers(1, 4), st.integers(1, 256), st.integers(0, 99))
def test_every_width_and_palette(width: int, height: int, colours: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, colours, (height, width), np.uint8)
    bits = bundle_bits(colours)
    wanted = bundled(pixels, bits)
    out = np.full(wanted.size + 3, 77, np.uint8)
    assert bundle(pixels.reshape(-1), width, bits, out) == np.bitwise_or.reduce(pixels, axis=None)
    assert bundled_size(pixels.size, width, bits) == wanted.size
    assert out[: wanted.size].tolist() == wanted.reshape(-1).tolist()
    assert out[wanted.size :].tolist() == [77, 77, 77]


@pytest.mark.parametrize(
    ("colours", "bits"),
    [(1, 3), (2, 3), (3, 2), (4, 2), (5, 1), (16, 1), (17, 0), (256, 0)],
)
def test_pixels_per_byte(colours: int, bits: int) -> None:
    assert bundle_bits(colours) == bits


@pytest.mark.parametrize("bits", [0, 1, 2, 3])
@pytest.mark.parametrize("width", [36, 37])
@pytest.mark.parametrize("place", [(0, 0), (1, 16), (2, 35)])
def test_an_index_too_large_is_noticed_anywhere(
    bits: int, width: int, place: tuple[int, int]
) -> None:
    pixels = np.zeros((3, width), np.uint8)
    pixels[place] = 128
    assert bundle(pixels.reshape(-1), width, bits, np.empty(3 * 37, np.uint8)) == 128
    assert largest(pixels) == 128


@pytest.mark.parametrize("place", [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 63])
def test_an_index_too_large_is_noticed_in_any_block(place: int) -> None:
    pixels = np.zeros(2 * BLOCK + 64, np.uint8)
    pixels[place] = 16
    assert bundle(pixels, pixels.size, 1, np.zeros(2 * BLOCK, np.uint8)) == 16


@pytest.mark.parametrize("bits", [0, 1, 2, 3])
@pytest.mark.parametrize("width", [BLOCK // 2, BLOCK - 1, 3 * FEW + 1, 8])
def test_pictures_of_more_than_one_block(bits: int, width: int) -> None:
    pixels = np.random.default_rng(6).integers(0, 1 << (8 >> bits), (11, width), np.uint8)
    wanted = bundled(pixels, bits).reshape(-1)
    out = np.full(wanted.size + 1, 77, np.uint8)
    assert bundle(pixels.reshape(-1), width, bits, out) == (1 << (8 >> bits)) - 1
    assert out[:-1].tolist() == wanted.tolist()
    assert out[-1] == 77
