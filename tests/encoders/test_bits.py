"""The bit writer against one long integer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.encoders.bits import STATE_SIZE, bytes_written, put
from market.kernel import kernel
from tests.encoders.reference import BitReader

pytestmark = pytest.mark.kernel

field = st.integers(0, 31).flatmap(lambda n: st.tuples(st.integers(0, (1 << n) - 1), st.just(n)))


@kernel
def _put_all(state: np.ndarray, words: np.ndarray, fields: np.ndarray) -> None:
    for i in range(fields.shape[0]):
        put(state, words, fields[i, 0], fields[i, 1])


@given(st.lists(field, min_size=1, max_size=60))
def test_fields_come_back_in_order(fields: list[tuple[int, int]]) -> None:
    state, words = np.zeros(STATE_SIZE, np.int64), np.full(64, 0xDEADBEEF, np.uint32)
    _put_all(state, words, np.array(fields, np.int64))
    size = bytes_written(state, words)
    assert size == (sum(count for _, count in fields) + 7) // 8
    reader = BitReader(words.tobytes()[:size])
    assert [(reader.read(count), count) for _, count in fields] == fields
    assert reader.value >> reader.position == 0


def test_writing_goes_on_after_the_bytes_were_counted() -> None:
    state, words = np.zeros(STATE_SIZE, np.int64), np.zeros(4, np.uint32)
    _put_all(state, words, np.array([[5, 3]], np.int64))
    assert bytes_written(state, words) == 1
    _put_all(state, words, np.array([[0x7FFFFFFF, 31]], np.int64))
    assert bytes_written(state, words) == 5
    assert words.tobytes()[:5] == (5 | 0x7FFFFFFF << 3).to_bytes(5, "little")
