"""Bundling against one pixel at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.bundle import PART, bundle, bundle_bits
from tests.encoders.reference import bundled

pytestmark = pytest.mark.kernel


@given(st.integers(1, 70), st.integers(1, 4), st.integers(1, 256), st.integers(0, 99))
def test_every_width_and_palette(width: int, height: int, colours: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, colours, (height, width), np.uint8)
    bits = bundle_bits(colours)
    wanted = bundled(pixels, bits)
    out = np.full(wanted.size + 3, 77, np.uint8)
    assert bundle(pixels, bits, out) == pixels.max()
    assert out[: wanted.size].tolist() == wanted.reshape(-1).tolist()
    assert out[wanted.size :].tolist() == [77, 77, 77]


@pytest.mark.parametrize(
    ("colours", "bits"),
    [(1, 3), (2, 3), (3, 2), (4, 2), (5, 1), (16, 1), (17, 0), (256, 0)],
)
def test_pixels_per_byte(colours: int, bits: int) -> None:
    assert bundle_bits(colours) == bits


@pytest.mark.parametrize("bits", [0, 1, 2, 3])
@pytest.mark.parametrize("place", [(0, 0), (1, 16), (2, 36)])
def test_the_largest_index_is_found_anywhere(bits: int, place: tuple[int, int]) -> None:
    pixels = np.zeros((3, 37), np.uint8)
    pixels[place] = 255
    assert bundle(pixels, bits, np.empty(3 * 37, np.uint8)) == 255


@pytest.mark.parametrize("width", [6, 7])
@pytest.mark.parametrize("x", range(6))
def test_the_largest_index_is_found_on_either_side_of_a_byte(width: int, x: int) -> None:
    pixels = np.zeros((3, width), np.uint8)
    pixels[1, x] = 255
    assert bundle(pixels, 1, np.zeros(64, np.uint8)) == 255


@pytest.mark.parametrize("bits", [0, 1, 2, 3])
def test_pictures_of_more_than_one_part(bits: int) -> None:
    pixels = np.random.default_rng(6).integers(0, 1 << (8 >> bits), (3, PART // 2), np.uint8)
    out = np.empty(pixels.size, np.uint8)
    assert bundle(pixels, bits, out) == pixels.max()
    wanted = bundled(pixels, bits).reshape(-1)
    assert out[: wanted.size].tolist() == wanted.tolist()
