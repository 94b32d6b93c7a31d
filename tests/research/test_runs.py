"""Runs from the wish to the history."""

from collections.abc import Iterator

import pytest

from research.errors import RequestError
from research.runs import Research
from research.views import BacktestRequest, RunView
from tests.trading.series import candles

pytestmark = pytest.mark.kernel

REQUEST = BacktestRequest("sma_cross", {"fast": 2, "slow": 3}, "BTC-USD")
CLOSES = [10.0, 11.0, 12.0, 13.0, 9.0, 8.0, 7.0, 9.0, 12.0, 14.0]


@pytest.fixture
def research() -> Iterator[Research]:
    """Over ten candles, whatever is asked for."""
    made = Research(lambda request: candles(CLOSES))
    yield made
    made.close()


def ended(research: Research, key: str) -> RunView:
    """The run once it is over."""
    run = research._queue.find(key)
    assert run is not None
    assert run.ended.wait(60)
    return research.run(key)


def test_a_run_is_done_with_its_result_and_in_the_history(research: Research) -> None:
    key = research.start(REQUEST)
    view = ended(research, key)
    assert (view.state, view.error, view.request) == ("done", None, REQUEST)
    assert view.result is not None
    assert view.result.bars == len(CLOSES)
    assert [row.id for row in research.history()] == [key]


def test_a_run_that_fails_says_why_and_leaves_the_history(research: Research) -> None:
    key = research.start(BacktestRequest("sma_cross", {"fast": 9, "slow": 3}, "BTC-USD"))
    view = ended(research, key)
    assert view.state == "failed"
    assert view.error == "fast was 9 and slow 3; fast must be below slow"
    assert research.history() == ()


def test_what_there_is_not_is_refused(research: Research) -> None:
    with pytest.raises(RequestError, match="strategy was 'nothing'; allowed are sma_cross"):
        research.start(BacktestRequest("nothing"))
    with pytest.raises(RequestError, match="run was 'abc'; allowed are the ids"):
        research.run("abc")
