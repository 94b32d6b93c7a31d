"""Bounds of a backtest's setup."""

from typing import Any

import pytest

from trading.backtest import Fill, Setup
from trading.engine.policies import Latency, Policies
from trading.errors import BacktestError


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"capital": 0.0}, "Start capital was 0.0; allowed is above 0 to 1e"),
        ({"capital": float("nan")}, "Start capital was nan"),
        ({"capital": 2e16}, r"Start capital was 2e\+16"),
        ({"size": 0.0}, "The share of equity was 0.0; allowed is above 0 to 1"),
        ({"size": 1.01}, "The share of equity was 1.01"),
        ({"stop_loss": 0.0}, "The stop-loss was 0.0; allowed is above 0 and below 1"),
        ({"stop_loss": 1.0}, "The stop-loss was 1.0"),
        ({"take_profit": -0.1}, "The take-profit was -0.1; allowed is above 0 to 100"),
        ({"take_profit": float("inf")}, "The take-profit was inf"),
        (
            {"fill": Fill.CLOSE, "policies": Policies(latency=Latency(5))},
            "The latency was 5 ns; orders that fill at the close",
        ),
    ],
)
def test_what_cannot_be_run_is_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(BacktestError, match=words):
        Setup(**given)


def test_bounds_are_allowed() -> None:
    setup = Setup(size=1.0, stop_loss=0.999, take_profit=100.0, fill=Fill.CLOSE)
    assert (setup.size, setup.fill) == (1.0, "close")
