"""Bits of masks against Python's integers."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chart_acceleration.encoders.masks import highest, lowest, ones, without_lowest
from market.kernel import kernel

pytestmark = pytest.mark.kernel


@kernel
def _of_mask(mask: np.uint64) -> tuple[int, int, np.uint64]:
    return lowest(mask), ones(mask), without_lowest(mask)


@kernel
def _highest(value: int) -> int:
    return highest(value)


@given(st.integers(0, 2**64 - 1))
@example(0)
@example(2**63)
@example(2**64 - 1)
def test_lowest_bit_and_number_of_bits(value: int) -> None:
    text = f"{value:064b}"[::-1]
    found, count, rest = _of_mask(np.uint64(value))
    assert found == (text.index("1") if value else 64)
    assert count == text.count("1")
    assert int(rest) == (value - 2**found if value else 0)


@given(st.integers(1, 2**63 - 1))
@example(1)
@example(2**63 - 1)
def test_highest_bit(value: int) -> None:
    assert _highest(value) == len(f"{value:b}") - 1
