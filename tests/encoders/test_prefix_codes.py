"""Described codes, read back by the specification's rules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.bits import STATE_SIZE, bytes_written
from chart_acceleration.encoders.prefix_codes import (
    SCRATCH_SIZE,
    put_one_symbol,
    put_prefix_code,
    put_two_symbols,
)
from chart_acceleration.encoders.runs import GREEN_SYMBOLS
from tests.encoders.reference import BitReader, read_prefix_code

pytestmark = pytest.mark.kernel

sparse = st.dictionaries(st.integers(0, 279), st.integers(1, 5000), min_size=2, max_size=280)


def _written(counts: np.ndarray, limit: int) -> tuple[dict[int, str], dict[int, str]]:
    """The code as a decoder reads it, and as the encoder's table has it."""
    state, words = np.zeros(STATE_SIZE, np.int64), np.zeros(512, np.uint32)
    table, lengths = np.full(counts.size, -1, np.int64), np.empty(counts.size, np.int64)
    scratch = np.empty(SCRATCH_SIZE, np.int64)
    put_prefix_code(state, words, counts, limit, lengths, table, scratch)
    size = bytes_written(state, words)
    reader = BitReader(words.tobytes()[:size])
    read = read_prefix_code(reader, counts.size)
    assert (reader.position + 7) // 8 == size
    mine = {s: f"{e >> 5:0{e & 31}b}"[::-1] for s, e in enumerate(table.tolist()) if e & 31}
    return read, mine


@given(sparse, st.sampled_from([9, 12, 15]))
def test_a_decoder_reads_the_code_the_encoder_uses(counts: dict[int, int], limit: int) -> None:
    array = np.zeros(GREEN_SYMBOLS, np.int64)
    array[list(counts)] = list(counts.values())
    read, mine = _written(array, limit)
    assert read == mine
    assert set(read) == set(counts)


@pytest.mark.parametrize("alphabet", [256, 280])
@pytest.mark.parametrize("used", [2, 3, 128, 256])
def test_flat_counts_give_repeats(alphabet: int, used: int) -> None:
    array = np.zeros(alphabet, np.int64)
    array[:used] = 3
    read, mine = _written(array, 15)
    assert read == mine


@pytest.mark.parametrize("symbol", [0, 1, 255])
def test_one_symbol_takes_no_bits(symbol: int) -> None:
    array = np.zeros(GREEN_SYMBOLS, np.int64)
    array[symbol] = 9
    read, mine = _written(array, 8)
    assert read == {symbol: ""}
    assert mine == {}


def test_simple_codes() -> None:
    state, words = np.zeros(STATE_SIZE, np.int64), np.zeros(8, np.uint32)
    put_one_symbol(state, words, 200)
    put_two_symbols(state, words, 0, 255)
    size = bytes_written(state, words)
    reader = BitReader(words.tobytes()[:size])
    assert read_prefix_code(reader, 256) == {200: ""}
    assert read_prefix_code(reader, 256) == {0: "0", 255: "1"}
