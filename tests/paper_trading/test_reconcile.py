"""A session replayed gives the same fills; a backtest of its candles differs for known reasons."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from market.columns import CandleWindow
from market.types import SECOND
from paper_trading.automation_candles import HistoryFiles
from paper_trading.automation_run import run_name, run_terms
from paper_trading.input_log import Began, Given, InputLog, Reached, given_in, prune
from paper_trading.reconcile import Replayed, reconciled, replayed, session_of
from paper_trading.reconcile_views import ReconcileView
from research.search.evaluator import run_once
from storage.segments import SegmentWriter
from tests.paper_trading.automated_account import A, Account, B, Place, trades
from trading.backtest import BacktestResult
from trading.errors import BadEvent
from trading.metrics import Convention
from trading.paper.commands import Cancel, Tell
from trading.paper.commands import Place as PlaceOrder
from trading.paper.events import MarketGap
from trading.paper.tape import BookInput, FeedState, Heard, NoBook, PassTime
from trading.paper.terms import AccountTerms
from trading.shelf import strategies

FREE = AccountTerms(name="Main", market="simulated", maker_fee=0.0, taker_fee=0.0)


def session(folder: Path, terms: AccountTerms | None = None, **setting: Any) -> Place:
    """An automation that traded for 300 seconds after 100 of history."""
    place = Place(folder / "runs", Account(terms=terms))
    walk = sorted(trades(300, 7, first=100) + trades(300, 8, B, first=100), key=lambda t: t.time_ns)
    place.history(trades(100, 7) + trades(100, 8, B))
    place.automations.begin(walk[0].time_ns - SECOND)
    place.pass_on(trades(100, 7)[-1:] + trades(100, 8, B)[-1:])
    place.set(**setting)
    place.pass_on(walk)
    return place


def recorded(folder: Path, place: Place) -> Path:
    """What was given, written to ``folder``."""
    writer = SegmentWriter(folder)
    for frame in place.account.given:
        writer.add(frame, 0)
    writer.close(0)
    return folder


def looked_at(folder: Path, place: Place) -> ReconcileView:
    """The newest session of ``a1``."""
    found = session_of(place.account.events, "a1")
    assert found is not None
    name = run_name(1, "a1", found.steps[0].time_ns)
    history = HistoryFiles(folder / "runs").get(name, found.setting.symbols)
    assert history is not None
    terms = run_terms(found.setting, strategies()[found.setting.strategy], found.terms)

    def run(candles: Mapping[str, CandleWindow], first: int) -> BacktestResult:
        return run_once(
            terms.strategy, candles, terms.values, terms.setup, Convention(), first, band=False
        )

    return reconciled(found, terms.values, history, Replayed(True, "equal"), run)


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"strategy": "grid", "values": {"levels": 3, "spacing": 0.2}},
        {"strategy": "pairs", "values": {"period": 6, "enter": 0.8}, "symbols": (A, B)},
        {"stop_loss": 0.004, "take_profit": 0.006},
    ],
)
def test_equal_inputs_give_equal_fills(setting: dict[str, Any], tmp_path: Path) -> None:
    place = session(tmp_path, **setting)
    folder = recorded(tmp_path / "inputs", place)
    found = replayed(place.account.events, given_in(folder, 1), "a1")
    count = len(place.account.fills("a1"))
    assert count > 5
    assert found == Replayed(True, f"The same inputs gave the same {count} fills again.")


def test_what_came_after_the_events_at_hand_is_no_difference(tmp_path: Path) -> None:
    place = session(tmp_path)
    count, fills = len(place.account.events), len(place.account.fills("a1"))
    place.account.log.keep(Reached(count), place.now_ns)
    place.pass_on(trades(200, 7, first=400))
    assert len(place.account.fills("a1")) > fills
    folder = recorded(tmp_path / "inputs", place)
    found = replayed(place.account.events[:count], given_in(folder, 1), "a1")
    assert found == Replayed(True, f"The same inputs gave the same {fills} fills again.")


def test_other_inputs_are_found_out(tmp_path: Path) -> None:
    place = session(tmp_path)
    given = list(given_in(recorded(tmp_path / "inputs", place), 1))
    at = next(at for at, (item, _, _) in enumerate(given) if type(item).__name__ == "Target")
    found = replayed(place.account.events, given[:at] + given[at + 1 :], "a1")
    assert found.equal is False
    assert found.words.endswith("the first that differs is number 1.")


def test_nothing_recorded_is_no_claim(tmp_path: Path) -> None:
    place = session(tmp_path)
    assert replayed(place.account.events, given_in(tmp_path / "none", 1), "a1").equal is None


def test_missing_inputs_are_told(tmp_path: Path) -> None:
    place = session(tmp_path)
    folder = recorded(tmp_path / "inputs", place)
    given = [
        (item, at, 3 if row == 9 else 0) for row, (item, at, _) in enumerate(given_in(folder, 1))
    ]
    assert "3 recorded inputs are missing" in replayed(place.account.events, given, "a1").words


@pytest.mark.parametrize("key", ["sma_cross", "grid", "pairs"])
def test_a_session_beside_its_backtest(key: str, tmp_path: Path) -> None:
    """Every order of both is equal to its partner or stands among the differences, with a cause."""
    settings: dict[str, dict[str, Any]] = {
        "sma_cross": {},
        "grid": {"strategy": "grid", "values": {"levels": 3, "spacing": 0.2}},
        "pairs": {"strategy": "pairs", "values": {"period": 6, "enter": 0.8}, "symbols": (A, B)},
    }
    place = session(tmp_path, **settings[key])
    view = looked_at(tmp_path, place)
    assert view.problem == ""
    assert view.paper_orders == len({fill.order for fill in place.account.fills("a1")})
    ours = sum(each.paper is not None for each in view.differences)
    theirs = sum(each.backtest is not None for each in view.differences)
    assert view.equal_orders + ours == view.paper_orders
    assert view.equal_orders + theirs == view.backtest_orders
    assert all(each.words.endswith(".") for each in view.differences)
    assert sum(count for _, count, _ in view.causes) == len(view.differences)
    assert len(view.time_ms) == len(view.paper) == len(view.backtest) == view.closes
    record = place.account.core.records.portfolios["a1"].ledger
    marks = {symbol: place.account.core.floor.lines[symbol].mark for symbol in record.holdings}
    newest = record.money + sum(
        held.amount * marks[symbol] for symbol, held in record.holdings.items()
    )
    assert view.paper[-1] == pytest.approx(newest, rel=0.02)
    assert view.paper_return == pytest.approx(view.paper[-1] / 100.0 - 100.0)


def test_the_spread_is_the_difference(tmp_path: Path) -> None:
    """Without fees and slippage a market order loses half the spread against the backtest."""
    terms = AccountTerms(
        name="Main", market="simulated", maker_fee=0.0, taker_fee=0.0, slippage=0.0
    )
    place = session(tmp_path, terms)
    view = looked_at(tmp_path, place)
    market = [each for each in view.differences if each.paper and each.backtest]
    assert market
    assert {each.cause for each in market} == {"spread"}
    for each in market:
        assert each.paper is not None
        assert each.money == pytest.approx(each.paper.size * each.paper.price * 1e-4, rel=0.3)


def test_a_paused_close_is_a_cause(tmp_path: Path) -> None:
    place = session(tmp_path)
    place.set("paused")
    place.pass_on(trades(200, 7, first=400))
    view = looked_at(tmp_path, place)
    assert view.unasked == 40
    assert "not asked" in {cause for cause, _, _ in view.causes}


def test_a_session_without_a_close_has_no_backtest(tmp_path: Path) -> None:
    place = Place(tmp_path / "runs")
    place.history(trades(100, 7))
    place.automations.begin(trades(100, 7)[-1].time_ns)
    place.pass_on(trades(100, 7)[-1:])
    place.set()
    view = looked_at(tmp_path, place)
    assert view.problem == "No candle has closed since it began."
    assert len(view.time_ms) == 0
    assert session_of(place.account.events, "a2") is None


def test_every_input_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = Account()
    levels = np.array([[99.5, 99.0], [1.5, 2.0]])
    given: list[Given] = [
        BookInput(trades(1, 1)[0].symbol, levels, levels + 1), NoBook(trades(1, 1)[0].symbol),
        Heard(trades(1, 1)[0].symbol, 12, 11), PassTime(), FeedState("lost"), trades(1, 1)[0],
        Cancel(3, "a1"), Tell(MarketGap(5, A, 1, 2, "lost."), "key"),
        PlaceOrder(symbol=A, side=trades(1, 1)[0].side, size=1 / 3),
    ]  # fmt: skip
    log = InputLog(kept, 1)
    for at, item in enumerate(given):
        log.keep(item, at)
    writer = SegmentWriter(tmp_path)
    for frame in kept.given:
        writer.add(frame, 0)
    writer.close(0)
    found = list(given_in(tmp_path, 1))
    assert isinstance(found[0][0], Began)
    assert [str(item) for item, _, _ in found[1:]] == [str(item) for item in given]
    assert [at for _, at, _ in found[1:]] == list(range(len(given)))
    assert list(given_in(tmp_path, 2)) == []


def test_what_is_no_input_is_refused(tmp_path: Path) -> None:
    account = Account()
    account.keep("1", 0, b"nonsense")
    writer = SegmentWriter(tmp_path)
    writer.add(account.given[-1], 0)
    writer.close(0)
    with pytest.raises(BadEvent, match="cannot be read"):
        list(given_in(tmp_path, 1))


def test_the_oldest_inputs_go_first(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"0000000{number}-x.frames").write_bytes(b"x" * 100)
    prune(tmp_path, 250)
    assert sorted(path.name[7] for path in tmp_path.iterdir()) == ["2", "3"]
