"""The tokeniser against its slow twin, and its tokens against the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import config

from chart_acceleration.encoders.prefix_codes import GREEN_SYMBOLS
from chart_acceleration.encoders.runs import COPY_TOKENS, MAX_COPY, tokenise
from chart_acceleration.encoders.words import LANES
from tests.encoders import reference

pytestmark = pytest.mark.kernel

COMPILED = not config.DISABLE_JIT  # type: ignore[attr-defined]


def _tokens(rows: np.ndarray) -> list[reference.Token]:
    row_bytes = rows.shape[1]
    data = np.concatenate([255 - rows[0], rows.reshape(-1), np.zeros(2 * LANES, np.uint8)])
    words, counts = np.empty(rows.size, np.uint32), np.zeros(GREEN_SYMBOLS, np.int64)
    number = tokenise(data, row_bytes, rows.size, words, counts)
    symbols = words[:number].astype(np.int64) & 511
    assert counts.tolist() == np.bincount(symbols, minlength=GREEN_SYMBOLS).tolist()
    return [reference.token_of_word(int(word)) for word in words[:number]]


@given(
    st.integers(1, 150),
    st.integers(1, 8),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.02, 0.2, 1.0]),
    st.integers(0, 999),
)
def test_same_tokens_as_the_slow_twin(
    width: int, height: int, colours: int, change: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    row = np.cumsum(rng.random(width) < change) % colours
    rows = np.tile(row.astype(np.uint8), (height, 1))
    changed = rng.random(rows.shape) < change * 0.2
    rows[changed] = rng.integers(0, colours, int(changed.sum()), np.uint8)
    found = _tokens(rows)
    assert found == reference.tokens(rows)
    assert reference.expanded(found, width).tolist() == rows.reshape(-1).tolist()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 64, 65, 4096, 4097, 4098, 8193, 12_290])
def test_one_colour_is_one_literal_and_copies_of_at_most_4096(size: int) -> None:
    found = _tokens(np.full((1, size), 5, np.uint8))
    assert found == reference.tokens(np.full((1, size), 5, np.uint8))
    assert reference.expanded(found, size).size == size


def test_equal_rows_are_copied_from_above_across_row_ends() -> None:
    row = np.arange(200, dtype=np.uint8)
    found = _tokens(np.tile(row, (41, 1)))
    assert found[:200] == [("literal", i) for i in range(200)]
    assert found[200:] == [("above", 4096), ("above", 40 * 200 - 4096)]


def test_a_row_one_byte_wide_has_above_and_left_alike() -> None:
    rows = np.array([[1], [1], [1], [1], [2], [2]], np.uint8)
    assert _tokens(rows) == [("literal", 1), ("above", 3), ("literal", 2), ("literal", 2)]


def test_every_copy_length_keeps_its_value() -> None:
    lengths = range(1, MAX_COPY + 1) if COMPILED else range(1, MAX_COPY + 1, 97)
    for direction, kind in enumerate(("above", "left")):
        for length in lengths:
            word = int(COPY_TOKENS[direction, length])
            assert reference.token_of_word(word) == (kind, length)
