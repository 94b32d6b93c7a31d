"""Loads and stores of many bytes at once against one byte at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.words import (
    LANES,
    different_lanes,
    equal_lanes,
    load_word,
    put_word,
    store_word,
)
from market.kernel import kernel
from tests.encoders.reference import equal_bytes

pytestmark = pytest.mark.kernel


@kernel
def _called(data: np.ndarray, position: int, distance: int) -> int:
    return equal_lanes(data, position, distance)


@given(
    equal=st.integers(0, LANES + 5),
    distance=st.integers(1, 130),
    start=st.integers(0, 9),
    seed=st.integers(0, 99),
)
def test_counts_up_to_the_first_difference(
    equal: int, distance: int, start: int, seed: int
) -> None:
    data = np.random.default_rng(seed).integers(0, 3, start + distance + 2 * LANES, np.uint8)
    position = start + distance
    for i in range(position, position + equal):
        data[i] = data[i - distance]
    assert _called(data, position, distance) == equal_bytes(data, position, distance, LANES)
    if equal >= LANES:
        assert _called(data, position, distance) == LANES


def test_a_difference_in_the_top_bit_counts() -> None:
    data = np.zeros(3 * LANES, np.uint8)
    data[LANES + 63] = 128
    assert _called(data, LANES, LANES) == 63


@kernel
def _different(data: np.ndarray, position: int, distance: int) -> np.uint64:
    return different_lanes(data, position, distance)


@given(st.integers(0, 9), st.integers(1, 130), st.integers(0, 99))
def test_every_difference_has_its_bit(start: int, distance: int, seed: int) -> None:
    data = np.random.default_rng(seed).integers(0, 3, start + distance + LANES, np.uint8)
    found = int(_different(data, start + distance, distance))
    ahead, before = data[start + distance :], data[start : start + LANES]
    assert [found >> i & 1 for i in range(LANES)] == (ahead != before).tolist()


@kernel
def _moved(data: np.ndarray, position: int, out: np.ndarray, place: int) -> None:
    store_word(out, place, load_word(data, position))


@kernel
def _widened(data: np.ndarray, position: int, out: np.ndarray, place: int) -> None:
    put_word(data, position, out, place)


@pytest.mark.parametrize(("position", "place"), [(0, 0), (3, 5), (9, 1)])
def test_eight_bytes_as_a_number_and_as_eight_numbers(position: int, place: int) -> None:
    data = np.arange(101, 119, dtype=np.uint8)
    words, wide = np.zeros(20, np.uint8), np.zeros(20, np.uint32)
    _moved(data, position, words, place)
    _widened(data, position, wide, place)
    wanted = [0] * place + data[position : position + 8].tolist()
    assert words.tolist() == wide.tolist() == wanted + [0] * (20 - len(wanted))
