import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from dash._callback_context import context_value
from dash._utils import AttributeDict
from dash.exceptions import PreventUpdate

from components import ids
from tests.components.trees import by_id, element_ids, texts
from tests.pages.fake_research import FakeResearch
from tests.pages.fake_services import FakeServices

FORM: dict[str, Any] = {
    "strategy": "sma_cross", "symbol": "BTC-USD", "others": [], "interval": "1d",
    "first": "2015-01-01", "last": "2015-12-31", "sweep": False, "goal": "sharpe",
    "method": "grid", ids.BACKTEST_TRIALS: 100, ids.BACKTEST_WALK_FORWARD: 0,
    "direction": "both", ids.BACKTEST_FEE: 0.1, ids.BACKTEST_SLIPPAGE: 5.0,
    ids.BACKTEST_CAPITAL: 100.0, ids.BACKTEST_SIZE: 50, ids.BACKTEST_LEVERAGE: 2,
    ids.BACKTEST_STOP: "", ids.BACKTEST_TARGET: 10, "fill": "close", "path": "worst",
    "period": "day", "days": "252", "risk_free": 2,
    "names": [{"name": "fast"}, {"name": "slow"}], "value": [5, 20],
    "from": [5, 20], "to": [60, 140], "step": [5, 15], "swept": [True, True],
}  # fmt: skip


@pytest.fixture
def research(fake: FakeServices) -> FakeResearch:
    return fake.research


@contextmanager
def triggered_by(name: str) -> Iterator[None]:
    """``ctx.triggered_id`` as Dash sets it."""
    before = context_value.set(AttributeDict(triggered_inputs=[{"prop_id": f"{name}.n_clicks"}]))
    try:
        yield
    finally:
        context_value.reset(before)


async def started(backtesting: ModuleType, by: str = ids.BACKTEST_RUN, **given: Any) -> Any:
    """What a click on the run button gives."""
    asked = {
        "clicks": 1, "first": None, "cell": None, "convention": {}, "form": FORM,
        "shown_run": None, "ticket": None,
    } | given  # fmt: skip
    with triggered_by(by):
        return await backtesting.backtest_runs.start(**asked)


def test_first_visit_runs_nothing(backtesting: ModuleType, research: FakeResearch) -> None:
    tree = backtesting.layout(symbol="ETH-USD")
    assert research.calls == []
    assert by_id(tree, ids.BACKTEST_SYMBOL).value == "ETH-USD"
    assert "No backtest yet" in texts(tree)
    assert [name for name, count in Counter(element_ids(tree)).items() if count > 1] == []


async def test_request_is_what_the_form_says(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    answer = await started(backtesting)
    (request,) = research.calls
    assert (request.strategy, dict(request.values)) == ("sma_cross", {"fast": 5, "slow": 20})
    assert (request.start_ns, request.end_ns) == (1_420_070_400 * 10**9, 1_451_606_400 * 10**9)
    assert (request.stop_loss_percent, request.take_profit_percent) == (None, 10)
    assert (request.direction, request.fill, request.path) == ("both", "close", "worst")
    convention = request.convention
    assert (convention.period, convention.days_per_year, convention.risk_free_percent) == (
        "day", 252, 2.0,
    )  # fmt: skip
    assert (answer["shown"], answer["ticket"], answer["tick"]) == ("run1", None, True)


async def test_event_strategy_says_sizes_and_exits_itself(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    form = FORM | {"strategy": "pairs", "names": [], "value": [], "others": ["ETH-USD"]}
    form |= {"sweep": False, "swept": [], "from": [], "to": [], "step": []}
    assert "is-event" in (await backtesting.check(form))["look"]
    assert "is-event" not in (await backtesting.check(FORM))["look"]
    await started(backtesting, form=form)
    (request,) = research.calls
    assert (request.direction, request.fill, request.path) == ("long", "next_open", "worst")
    assert (request.stop_loss_percent, request.take_profit_percent) == (None, None)


async def test_sweep_and_file_reach_the_request(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    await started(backtesting, form=FORM | {"sweep": True, "symbol": "file:ab12"})
    (request,) = research.calls
    assert request.dataset == "ab12"
    assert request.sweep is not None
    assert dict(request.sweep.ranges) == {"fast": (5, 60, 5), "slow": (20, 140, 15)}


async def test_result_is_shown_in_every_place(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    await started(backtesting, form=FORM | {"sweep": True})
    places = await backtesting.backtest_runs.show("run1")
    assert texts(places["title"]).startswith("Moving average cross 5 / 20 run 1 BTC-USD 1d")
    assert [row["number"] for row in places["trades"]] == list(range(13, 0, -1))
    assert (places["trades"][0]["first"], places["trades"][0]["last"]) == (1250, 1300)
    assert "+12.0 % B&H +20.6 %" in texts(places["cards"])
    assert "–" in texts(places["cards"])  # the profit factor is not defined
    assert places["report"] == "report has-map"
    assert places["map_axes"][0][0] == "fast"
    assert places["chart"]["run"] == "run1"
    assert texts(places["tabs"]) == "Trades 13 Fills 26 Drawdowns 1 Log 1"
    assert "Passed, 64 prefixes" in texts(places["checks"])


async def test_reload_shows_the_run_of_the_address(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    await started(backtesting)
    tree = backtesting.layout(run="run1")
    assert by_id(tree, ids.BACKTEST_SHOWN).data == "run1"
    assert by_id(tree, ids.BACKTEST_FROM).value == "2015-01-01"
    assert by_id(tree, ids.BACKTEST_TO).value == "2015-12-31"
    assert by_id(tree, ids.parameter_field("value", "fast")).value == 5
    assert by_id(backtesting.layout(run="gone"), ids.BACKTEST_SHOWN).data is None


async def test_run_that_goes_on_shows_how_far_it_is(
    backtesting: ModuleType, research: FakeResearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtesting.backtest_runs, "_QUICK_S", 0.0)
    research.state = "running"
    answer = await started(backtesting, form=FORM | {"sweep": True})
    assert (answer["ticket"], answer["tick"], answer["cancel"]) == ("run1", False, False)
    assert answer["run_style"] == {"--done": "62.5%"}
    assert (answer["foot"], answer["left"]) == ("60 of 96 combinations", "0.2 s left")
    assert by_id(backtesting.layout(run="run1"), ids.BACKTEST_TICKET).data == "run1"
    await backtesting.backtest_runs.cancel(1, "run1")
    ended = await backtesting.backtest_runs.follow(1, "run1", None)
    assert ended["ticket"] is None
    assert ended["foot"] == "Cancelled after 60 of 96. Nothing was saved."
    with pytest.raises(PreventUpdate):
        await started(backtesting, ticket="run1")


async def test_failure_stands_where_the_result_would(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    research.state = "failed"
    answer = await started(backtesting)
    assert "The strategy stopped." in texts(answer["state"])
    assert "mine.py, line 38" in texts(answer["state"])
    research.refusal = "BTC-USD 1d has 12 candles; 51 are needed."
    answer = await started(backtesting, shown_run="run1")
    assert "BTC-USD 1d has 12 candles; 51 are needed." in texts(answer["state"])
    assert "Show the run before" in texts(answer["state"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": [80, 20]}, {"value": [None, 20]}, {ids.BACKTEST_FEE: 9}, {"first": "2012-13-01"},
        {"sweep": True, "swept": [False, False]}, {"sweep": True, "step": [0, 15]},
        {"strategy": "pairs"}, {"strategy": "mine"},
    ],
)  # fmt: skip
async def test_nothing_runs_with_bad_values(
    backtesting: ModuleType, research: FakeResearch, wrong: dict[str, Any]
) -> None:
    with pytest.raises(PreventUpdate):
        await started(backtesting, form=FORM | wrong)
    assert research.calls == []
    checked = await backtesting.check(FORM | wrong)
    assert checked["run"] is True
    assert "1 value needs a change" in texts(checked["banner"])


async def test_check_counts_combinations(backtesting: ModuleType, research: FakeResearch) -> None:
    checked = await backtesting.check(FORM | {"sweep": True})
    assert (checked["run"], checked["count"]) == (False, "90 of 108")
    assert "is-sweep" in checked["look"]
    assert (await backtesting.check(FORM))["count"] == ""


async def test_cell_of_the_map_runs_its_values(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    await started(backtesting, form=FORM | {"sweep": True})
    await started(
        backtesting, ids.BACKTEST_CELL, cell={"fast": 10, "slow": 35}, shown_run="run1", clicks=None
    )
    assert dict(research.calls[1].values) == {"fast": 10, "slow": 35}
    assert research.calls[1].sweep is None


async def test_convention_measures_the_shown_run_again(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    await started(backtesting)
    given = {"shown_run": "run1", "form": FORM | {"days": "365"}}
    await started(backtesting, ids.BACKTEST_DAYS, **given)
    assert [call.convention.days_per_year for call in research.calls] == [252, 365]
    with pytest.raises(PreventUpdate):  # it is measured like that already
        await started(backtesting, ids.BACKTEST_DAYS, shown_run="run1")


async def test_sentence_counts_gaps(backtesting: ModuleType, research: FakeResearch) -> None:
    words = texts(await backtesting.cover("BTC-USD", "1d", "", ""))
    assert words == "1,309 candles. 8 gaps , longest 21 d. Missing candles are not filled."
    assert await backtesting.cover("BTC-USD", "1d", "2012-13-01", "") == ""


async def test_uploaded_file_is_chosen(backtesting: ModuleType, research: FakeResearch) -> None:
    choices, chosen, interval = await backtesting.uploaded("ab12")
    assert (chosen, interval) == ("file:ab12", "1d")
    assert "btc.csv" in str(choices)


async def test_history_is_listed_compared_and_deleted(
    backtesting: ModuleType, research: FakeResearch
) -> None:
    past = backtesting.backtest_past
    await started(backtesting)
    await started(backtesting)
    opened, rows = await past.open_history(1, None, None, "run2")
    assert opened and texts(rows).count("Moving average cross 5 / 20") == 2
    names = [{"run": "run2"}, {"run": "run1"}]
    opened, body = await past.compare(1, [True, True], names)
    assert opened and "(run 1)" in texts(body)
    assert await past.count([True, True, None]) == (False, "Compare 2")
    assert (await past.count([True]))[0] is True
    with triggered_by(json.dumps(ids.history_field("delete", "run1"))):
        rows = await past.delete([None, 1], "run2")
    assert list(research.runs) == ["run2"]
