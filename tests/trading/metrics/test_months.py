"""Returns by month and year."""

import numpy as np
import pytest
from hypothesis import given

from market.types import DAY
from tests.trading.metrics.runs import run, walks
from trading.metrics import monthly_returns


def test_by_hand() -> None:
    equity = np.full(400, 100.0)
    equity[31:] = 110.0  # from 1 February 1970 on
    equity[365:] = 99.0  # from 1 January 1971 on
    table = monthly_returns(run(equity.tolist()))
    assert table.years == (1970, 1971)
    assert table.months[0, :3].tolist() == pytest.approx([0.0, 0.1, 0.0])
    assert table.months[1, :2].tolist() == pytest.approx([-0.1, 0.0])
    assert np.isnan(table.months[1, 2:]).all()
    assert table.totals.tolist() == pytest.approx([0.1, -0.1])


def test_a_month_without_candles_has_no_return() -> None:
    equity = run([100.0, 110.0, 121.0], step_ns=40 * DAY)  # January, February, March
    sparse = run([100.0, 110.0], step_ns=70 * DAY)  # January, March
    assert monthly_returns(equity).months[0, :3].tolist() == pytest.approx([0.0, 0.1, 0.1])
    found = monthly_returns(sparse).months[0]
    assert np.isnan(found[1]) and found[2] == pytest.approx(0.1)


def test_nothing_is_left_to_return() -> None:
    table = monthly_returns(run([100.0, -1.0, 5.0], step_ns=31 * DAY))
    assert table.months[0, :2].tolist() == pytest.approx([0.0, -1.01])
    assert np.isnan(table.months[0, 2])


@given(walks())
def test_months_and_years_compound_to_the_whole(equity: list[float]) -> None:
    for step in (DAY, 9 * DAY, 40 * DAY):
        table = monthly_returns(run(equity, step_ns=step))
        whole = pytest.approx(equity[-1] / equity[0])
        assert np.prod(1 + table.months[~np.isnan(table.months)]) == whole
        assert np.prod(1 + table.totals[~np.isnan(table.totals)]) == whole
