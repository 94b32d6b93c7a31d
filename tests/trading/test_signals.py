"""Comparisons of curves and held positions, against slow obvious loops."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.errors import BadStrategy
from trading.signals import above, crosses, held, sides, turns

pytestmark = pytest.mark.kernel

LEVELS = st.sampled_from([float("nan"), -1.0, 0.0, 0.1 + 0.2, 0.3, 1.0, 2.0])
PAIRS = st.lists(st.tuples(LEVELS, LEVELS), max_size=30)
MOMENTS = st.lists(st.tuples(*[st.booleans()] * 4), max_size=30)


def slow_side(a: float, b: float) -> int:
    """−1, 0 or 1; equal where the values differ by less than a trillionth of ``b``."""
    if not abs(a - b) > 1e-12 * abs(b):
        return 0
    return 1 if a > b else -1


def columns(pairs: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.array(pairs, float).reshape(-1, 2).T
    return a, b


@given(PAIRS)
def test_sides_and_above_are_those_of_each_pair(pairs: list[tuple[float, float]]) -> None:
    a, b = columns(pairs)
    expected = [slow_side(x, y) for x, y in pairs]
    assert sides(a, b).tolist() == expected
    assert above(a, b).tolist() == [side == 1 for side in expected]


@given(PAIRS)
def test_a_cross_is_a_change_of_side(pairs: list[tuple[float, float]]) -> None:
    known = [0]
    expected = []
    for x, y in pairs:
        side = slow_side(x, y)
        expected.append(side if side and side == -known[-1] else 0)
        known += [side] if side else []
    assert crosses(*columns(pairs)).tolist() == expected


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), max_size=30))
def test_nothing_before_the_first_turn(side: list[float]) -> None:
    signs = [sign for sign in side if sign]
    first = next((i for i in range(1, len(signs)) if signs[i] != signs[0]), len(signs))
    left = first
    expected = []
    for sign in side:
        expected.append(sign if left == 0 or (sign and left == 1 and sign != signs[0]) else 0.0)
        left -= bool(sign) and left > 0
    assert turns(np.array(side)).tolist() == expected


def slow_held(moments: Sequence[tuple[bool, bool, bool, bool]]) -> list[int]:
    position, positions = 0, []
    for buy, sell, short, cover in moments:
        if position == 1 and sell:
            position = 0
        if position == -1 and cover:
            position = 0
        entries = {1} if buy and not sell else set()
        entries |= {-1} if short and not cover else set()
        if len(entries) == 1:
            position = entries.pop()
        positions.append(position)
    return positions


@given(MOMENTS)
def test_a_position_is_held_until_it_is_left(
    moments: list[tuple[bool, bool, bool, bool]],
) -> None:
    flags = np.array(moments, bool).reshape(-1, 4).T
    assert held(*flags).tolist() == slow_held(moments)
    longs = [(buy, sell, False, False) for buy, sell, _, _ in moments]
    assert held(flags[0], flags[1]).tolist() == slow_held(longs)


def test_a_held_position_by_hand() -> None:
    buy = np.array([0, 1, 0, 0, 0, 0, 1, 1, 0], bool)
    sell = np.array([0, 0, 0, 1, 0, 0, 0, 1, 0], bool)
    short = np.array([0, 0, 0, 0, 1, 0, 0, 0, 1], bool)
    cover = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0], bool)
    assert held(buy, sell, short, cover).tolist() == [0, 1, 1, 0, -1, -1, 1, 0, -1]


def test_a_scale_says_what_a_difference_is_measured_by() -> None:
    a, b = np.array([1e-13, 1e-9]), np.zeros(2)
    assert sides(a, b).tolist() == [1, 1]
    assert sides(a, b, np.full(2, 10.0)).tolist() == [0, 1]
    assert above(a, b, np.full(2, 10.0)).tolist() == [False, True]
    assert crosses(np.array([-1.0, 1e-13]), b, np.full(2, 10.0)).tolist() == [0, 0]


def test_curves_of_different_lengths_are_refused() -> None:
    with pytest.raises(BadStrategy, match="Curves of 3 and 2 values"):
        sides(np.zeros(3), np.zeros(2))
    with pytest.raises(BadStrategy, match="lengths 3, 2, 3, 3"):
        held(np.zeros(3, bool), np.zeros(2, bool))
