"""One template process for all tests of a module, and files as a user would write them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from research.child import Children, Limits

HEAD = """\
import numpy as np
from trading.strategy import Parameter, Signal, SignalStrategy

def decide(candles, values):
    {body}

STRATEGY = SignalStrategy("mine", "Mine", "Does. Acts.", "me", (
    Parameter("length", "Length", 5, 1, 50, 1), Parameter("other", "Other", 1, 1, 9, 1),
), (), decide)
{after}
"""
QUIET = "return Signal(np.where(candles.close > candles.close[0], 1.0, 0.0), {}, 1)"


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANDLECAST_PASSWORD", "a secret")
        patch.setenv("SOME_TOKEN", "another")
        made = Children(Limits(seconds=20, memory=256 << 20))
        made.warm()
    yield made
    made.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A strategy file whose ``decide`` has this body, with ``after`` at its end."""

    def written(body: str = QUIET, after: str = "") -> Path:
        path = tmp_path / "mine.py"
        path.write_text(HEAD.format(body=body.replace("\n", "\n    "), after=after))
        return path

    return written
