"""The signal and its parameters."""

import numpy as np
import pytest

from trading.errors import BadParameters
from trading.strategies.sma_cross import SmaCrossParameters, decide

pytestmark = pytest.mark.kernel


def test_long_exactly_while_the_fast_average_is_above() -> None:
    close = np.array([1.0, 2.0, 3.0, 4.0, 3.0, 1.0, 1.0, 5.0])
    signal = decide(close, SmaCrossParameters(2, 3))
    np.testing.assert_allclose(signal.fast, [np.nan, 1.5, 2.5, 3.5, 3.5, 2, 1, 3])
    np.testing.assert_allclose(signal.slow[2:], np.array([6, 9, 10, 8, 5, 7]) / 3)
    assert signal.target.tolist() == [0, 0, 1, 1, 1, 0, 0, 1]
    assert signal.target.dtype == np.int8


def test_a_tie_is_flat() -> None:
    close = np.array([0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3, 0.3])
    assert not decide(close, SmaCrossParameters(2, 3)).target.any()


@pytest.mark.parametrize(
    ("fast", "slow", "words"),
    [
        (1, 50, "fast was 1; allowed is 2 to 200"),
        (201, 500, "fast was 201; allowed is 2 to 200"),
        (20, 501, "slow was 501; allowed is 3 to 500"),
        (20, 20, "fast was 20 and slow 20; fast must be below slow"),
        (2.0, 20, "fast was 2.0; allowed is a whole number"),
        (True, 20, "fast was True"),
    ],
)
def test_parameters_outside_their_bounds_are_named(fast: int, slow: int, words: str) -> None:
    with pytest.raises(BadParameters, match=words):
        SmaCrossParameters(fast, slow)
