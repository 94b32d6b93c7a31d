"""The fixed part of the stream: codes that are complete, short for charts, and well described."""

import ctypes
from fractions import Fraction

import numpy as np
import pytest

from benchmarks.train_chart_codes import count_symbols, made_for, share_above
from benchmarks.varied import varied_charts
from chart_acceleration.cuda.chart_codes import CHART_LENGTHS, WIDE_COLOURS, WIDE_LENGTHS
from chart_acceleration.cuda.stream import GENERAL_LENGTHS, GREEN_SYMBOLS, codes
from chart_acceleration.palette import Role


@pytest.mark.parametrize("lengths", [CHART_LENGTHS, WIDE_LENGTHS, GENERAL_LENGTHS])
def test_codes_are_complete_and_prefix_free(lengths: tuple[int, ...]) -> None:
    assert len(lengths) == GREEN_SYMBOLS
    used = sum(length > 0 for length in lengths)
    assert sum(Fraction(1, 1 << length) for length in lengths if length) == 1
    words = {f"{code:0{length}b}"[::-1] for code, length in codes(lengths) if length}
    assert len(words) == used
    assert not any(word[:end] in words for word in words for end in range(1, len(word)))


def test_canonical_codes_of_the_standard() -> None:
    """RFC 1951, 3.2.2: A..H of lengths 3, 3, 3, 3, 3, 2, 4, 4."""
    words = [f"{code:0{length}b}"[::-1] for code, length in codes((3, 3, 3, 3, 3, 2, 4, 4))]
    assert words == ["010", "011", "100", "101", "110", "00", "1110", "1111"]


@pytest.mark.parametrize("wide", [False, True])
def test_the_charts_codes_are_near_each_charts_own(library: ctypes.CDLL, wide: bool) -> None:
    counts = [count_symbols(library, job) for job in varied_charts(7, 55, wide=wide)]
    lengths = np.array(WIDE_LENGTHS if wide else CHART_LENGTHS)
    assert 0.0 < share_above(lengths, counts) <= 0.13
    assert share_above(np.array(GENERAL_LENGTHS), counts) > 0.13
    assert made_for(counts, WIDE_COLOURS if wide else 256).shape == lengths.shape


def test_the_wide_code_has_words_for_its_colours_only() -> None:
    assert len(Role) == WIDE_COLOURS
    assert all(WIDE_LENGTHS[:WIDE_COLOURS])
    assert not any(WIDE_LENGTHS[WIDE_COLOURS:256])
    assert all(WIDE_LENGTHS[256:])
