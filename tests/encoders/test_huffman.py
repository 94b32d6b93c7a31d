"""Code lengths against merging with a heap and package-merge; codes against the canonical rule."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.huffman import canonical_codes, code_lengths
from tests.encoders.reference import canonical, huffman_cost, limited_cost

pytestmark = pytest.mark.kernel

histograms = st.lists(
    st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 10**6)), min_size=1, max_size=120
).filter(any)


def _lengths(counts: list[int], limit: int) -> list[int]:
    array, lengths = np.array(counts, np.int64), np.full(len(counts), -1, np.int64)
    used = code_lengths(array, limit, lengths, np.empty(2 * len(counts) + 32, np.int64))
    assert used == np.count_nonzero(array)
    assert array.tolist() == counts
    return [int(n) for n in lengths]


def _cost(counts: list[int], lengths: list[int]) -> int:
    return sum(c * n for c, n in zip(counts, lengths, strict=True))


def _is_complete(lengths: list[int]) -> bool:
    return sum(Fraction(1, 2**n) for n in lengths if n) == 1


@given(histograms)
def test_without_a_limit_in_reach_no_code_is_shorter(counts: list[int]) -> None:
    lengths = _lengths(counts, 31)
    assert _cost(counts, lengths) == huffman_cost(counts)
    assert [n > 0 for n in lengths] == [c > 0 for c in counts]


@given(histograms, st.integers(7, 15))
def test_limited_codes_are_complete_and_near_the_best(counts: list[int], limit: int) -> None:
    lengths = _lengths(counts, limit)
    assert max(lengths) <= limit
    if np.count_nonzero(counts) > 1:
        assert _is_complete(lengths)
    best = limited_cost(counts, limit)
    assert best <= _cost(counts, lengths) <= 1.15 * best


def test_fibonacci_counts_make_the_deepest_tree_and_still_fit() -> None:
    counts = [1, 1]
    while len(counts) < 60:
        counts.append(counts[-1] + counts[-2])
    lengths = _lengths(counts, 8)
    assert max(lengths) == 8
    assert _is_complete(lengths)


@pytest.mark.parametrize("used", [1, 2, 3, 255, 256])
def test_as_many_equal_symbols_as_eight_bits_hold(used: int) -> None:
    lengths = _lengths([7] * used + [0] * (280 - used), 8)
    assert sum(n > 0 for n in lengths) == used
    assert used == 1 or _is_complete(lengths)


@given(histograms, st.integers(7, 15))
def test_codes_are_canonical_and_bit_reversed(counts: list[int], limit: int) -> None:
    lengths = _lengths(counts, limit)
    table = np.full(len(counts), -1, np.int64)
    canonical_codes(np.array(lengths, np.int64), table, np.empty(32, np.int64))
    words = canonical(lengths)
    for symbol, entry in enumerate(table.tolist()):
        length, code = entry & 31, entry >> 5
        assert f"{code:0{length}b}"[::-1] == words.get(symbol, "0" if length == 0 else "")
        assert length == lengths[symbol]
