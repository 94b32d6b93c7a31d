"""The tokeniser against its slow twin, and its tokens against the picture."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numba import config

from chart_acceleration.encoders.runs import (
    LENGTH_TOKENS,
    MAX_COPY,
    MAX_DISTANCE,
    SLOTS,
    SPARE_TOKENS,
    SYMBOLS,
    count_symbols,
    distance_token,
    tokenise,
)
from chart_acceleration.encoders.words import LANES
from tests.encoders import reference
from tests.encoders.test_changes import edges_of

pytestmark = pytest.mark.kernel

COMPILED = not config.DISABLE_JIT  # type: ignore[attr-defined]


def _tokens(rows: np.ndarray) -> list[reference.Token]:
    row_bytes, size = rows.shape[1], rows.size
    data = np.concatenate([255 - rows[0], rows.reshape(-1), np.zeros(2 * LANES, np.uint8)])
    words, counts = np.empty(size + SPARE_TOKENS, np.uint32), np.zeros(SYMBOLS, np.int64)
    edges = edges_of(data, row_bytes, size)
    number = tokenise(data, row_bytes, size, edges, words, np.empty(SLOTS, np.int32))
    count_symbols(words[:number], counts)
    symbols = words[:number].astype(np.int64) & 511
    assert number <= size
    assert counts.tolist() == np.bincount(symbols, minlength=SYMBOLS).tolist()
    return reference.tokens_of_words(words[:number].tolist())


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
    assert found[:200] == [("literal", i, 0) for i in range(200)]
    assert found[200:] == [("above", 4096, 0), ("above", 40 * 200 - 4096, 0)]


def test_a_row_one_byte_wide_has_above_and_left_alike() -> None:
    rows = np.array([[1], [1], [1], [1], [2], [2]], np.uint8)
    assert [token[:2] for token in _tokens(rows)] == [
        ("literal", 1),
        ("above", 3),
        ("literal", 2),
        ("literal", 2),
    ]


def test_a_text_seen_before_is_copied_from_afar() -> None:
    rows = np.zeros((60, 100), np.uint8)
    text = np.random.default_rng(1).integers(1, 250, 20, np.uint8)
    rows[3, 10:30] = rows[50, 41:61] = text
    found = _tokens(rows)
    assert [t[2] for t in found if t[0] == "afar" and t[1] >= 20] == [47 * 100 + 31]
    assert found == reference.tokens(rows)
    assert reference.expanded(found, 100).tolist() == rows.reshape(-1).tolist()


@pytest.mark.parametrize(("size", "kinds"), [(7, {"literal"}), (8, {"literal", "afar"})])
def test_a_copy_from_afar_has_eight_bytes_or_more(size: int, kinds: set[str]) -> None:
    text = np.arange(1, size + 1, dtype=np.uint8)
    between = np.arange(100, 150, dtype=np.uint8)
    rows = np.concatenate([between[:1], text, between, text])[None, :]
    assert {kind for kind, *_ in _tokens(rows)} == kinds


@pytest.mark.parametrize(("size", "wanted"), [(5, "literal"), (6, "left")])
def test_only_long_changes_are_looked_at_byte_by_byte(size: int, wanted: str) -> None:
    rows = np.tile(np.arange(50, dtype=np.uint8), (2, 1))
    rows[1, 20 : 20 + size] = 99
    found = _tokens(rows)
    assert found == reference.tokens(rows)
    assert found[50:52] == [("above", 20, 0), ("literal", 99, 0)]
    assert found[52][0] == wanted


def test_no_copy_from_further_than_a_distance_can_say() -> None:
    if not COMPILED:
        pytest.skip("too many bytes for plain Python")
    text = np.random.default_rng(1).integers(1, 250, 30, np.uint8)
    for gap, wanted in ((MAX_DISTANCE, "afar"), (MAX_DISTANCE + 1, "literal")):
        rows = np.zeros((1, gap + 30), np.uint8)
        rows[0, :30] = rows[0, gap:] = text
        assert _tokens(rows)[-1][0] == wanted


def test_every_length_keeps_its_value() -> None:
    for length in range(1, MAX_COPY + 1):
        assert reference.prefix_value(int(LENGTH_TOKENS[length]), 256) == length


@given(st.integers(1, MAX_DISTANCE))
@example(1)
@example(8)
@example(9)
@example(MAX_DISTANCE)
def test_distances_keep_their_value(distance: int) -> None:
    assert reference.prefix_value(distance_token(distance), 280) == distance + 120
