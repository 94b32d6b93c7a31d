"""The branch-free second pass against the plain bit writer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.bits import STATE_SIZE, bytes_written
from chart_acceleration.encoders.huffman import canonical_codes, code_lengths
from chart_acceleration.encoders.runs import LENGTH_TOKENS, MAX_DISTANCE, SYMBOLS, distance_token
from chart_acceleration.encoders.token_bits import put_tokens
from tests.encoders.reference import BitReader, canonical

pytestmark = pytest.mark.kernel

literal = st.integers(0, 255)
length = st.integers(1, 4096).map(lambda n: int(LENGTH_TOKENS[n]))
distance = st.integers(1, MAX_DISTANCE).map(distance_token)


@given(st.lists(st.one_of(literal, length, distance), min_size=2, max_size=300), st.integers(0, 31))
def test_codes_and_tails_in_token_order(tokens: list[int], pending: int) -> None:
    counts = np.bincount(np.array(tokens) & 511, minlength=SYMBOLS).astype(np.int64)
    lengths, table = np.empty(SYMBOLS, np.int64), np.empty(SYMBOLS, np.int64)
    code_lengths(counts, 12, lengths, np.empty(2 * SYMBOLS + 32, np.int64))
    canonical_codes(lengths, table, np.empty(32, np.int64))
    state, words = np.array([0, 0, pending], np.int64), np.zeros(600, np.uint32)
    assert state.size == STATE_SIZE
    put_tokens(state, words, np.array(tokens, np.uint32), table)
    size = bytes_written(state, words)
    reader = BitReader(words.tobytes()[:size])
    assert reader.read(pending) == 0
    code_words = canonical(lengths.tolist())
    for token in tokens:
        assert reader.symbol(code_words) == token & 511
        assert reader.read((token >> 9) & 31) == token >> 14
