"""equal_lanes against counting byte by byte."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.words import LANES, equal_lanes
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
