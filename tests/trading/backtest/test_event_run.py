"""Event strategies over candles: what they see, when their orders work, what the account says."""

from collections.abc import Mapping

import numpy as np
import pytest

from market.types import MINUTE, Side
from tests.trading.backtest.traders import (
    SMA_CROSS,
    Script,
    flat,
    free,
    played,
    strategy,
    trades,
    window,
)
from tests.trading.series import candles as series
from trading.backtest import Direction, Fill, Setup, backtest
from trading.backtest.event_run import run_events
from trading.engine.policies import Fees, Policies, Slippage
from trading.engine.records import Path, Reason, State
from trading.errors import BacktestError, BadParameters, StrategyFailed
from trading.event_strategy import Desk, TimeInForce
from trading.strategies.sma_cross import STRATEGY as SMA_SIGNAL

pytestmark = pytest.mark.kernel


def test_an_order_works_from_the_next_open() -> None:
    run = played({0: lambda desk: desk.buy(10)}, flat(100, 110, 120))
    assert trades(run) == [(1, "A", 10, 110)]
    assert run.equity.tolist() == [10_000, 10_000, 10_100]
    assert run.sizes[:, 0].tolist() == [0, 10, 10]


def test_an_order_of_init_works_from_the_first_open() -> None:
    run = played({-1: lambda desk: desk.buy(10)}, flat(100, 110))
    assert trades(run) == [(0, "A", 10, 100)]


def test_an_order_of_the_last_close_never_works() -> None:
    run = played({1: lambda desk: desk.buy(10)}, flat(100, 110))
    assert trades(run) == []
    assert run.orders["state"].tolist() == [State.WAITING]


def test_a_latency_delays_to_an_open_that_is_late_enough() -> None:
    steps = {0: lambda desk: desk.buy(10)}
    on_time = played(steps, flat(1, 2, 3, 4), setup=free(latency_ns=MINUTE))
    late = played(steps, flat(1, 2, 3, 4), setup=free(latency_ns=MINUTE + 1))
    assert (trades(on_time)[0][0], trades(late)[0][0]) == (2, 3)


def test_a_stop_loss_closes_what_its_entry_filled() -> None:
    market = window((100,) * 4, (100, 101, 99, 100), (100, 105, 85, 95))
    run = played({0: lambda desk: desk.buy(10, stop_loss=90, take_profit=120)}, market)
    assert trades(run) == [(1, "A", 10, 100), (2, "A", -10, 90)]
    assert [State(state).name for state in run.orders["state"]] == [
        "FILLED", "FILLED", "CANCELLED",
    ]  # fmt: skip


def test_a_take_profit_of_a_short_position() -> None:
    market = window((100,) * 4, (100, 101, 99, 100), (95, 97, 70, 75))
    run = played({0: lambda desk: desk.sell(10, stop_loss=120, take_profit=80)}, market)
    assert trades(run) == [(1, "A", -10, 100), (2, "A", 10, 80)]
    assert run.equity[-1] == 10_200


@pytest.mark.parametrize(
    ("terms", "filled"),
    [
        ({"limit": 98}, (1, 98)),
        ({"stop": 103}, (2, 103)),
        ({"stop": 103, "limit": 102}, (2, 102)),
        ({"trail": 6}, (2, 103)),
        ({"limit": 98, "tif": TimeInForce.IOC}, None),
        ({"limit": 101, "post_only": True}, None),
        ({"reduce_only": True}, None),
    ],
)
def test_every_kind_of_order(terms: dict[str, float], filled: tuple[int, float] | None) -> None:
    market = window((100,) * 4, (100, 101, 97, 99), (99, 105, 99, 102))
    run = played({0: lambda desk: desk.buy(10, **terms)}, market)  # type: ignore[arg-type]
    assert trades(run) == ([(filled[0], "A", 10, filled[1])] if filled else [])


def test_a_fraction_is_paid_with_costs_at_the_open() -> None:
    setup = Setup(10_000, Policies(Fees(0.0, 0.01), Slippage(0.02)))
    run = played({0: lambda desk: desk.buy(fraction=1.0)}, flat(100, 200), setup=setup)
    assert run.sizes[-1, 0] == pytest.approx(10_000 / (204 * 1.01))


def test_a_fraction_at_a_limit_is_paid_at_the_limit() -> None:
    setup = Setup(10_000, Policies(Fees(0.0, 0.1), Slippage(0.0)))
    market = window((100,) * 4, (100, 100, 40, 100))
    run = played({0: lambda desk: desk.buy(fraction=0.5, limit=50)}, market, setup=setup)
    # 0.5 × 10,000 / (50 × (1 + 0.5 × 0.1)); it rested, so no fee
    assert run.sizes[-1, 0] == pytest.approx(5_000 / 52.5)


def test_a_target_replaces_what_is_left_of_the_one_before() -> None:
    steps = {0: lambda desk: desk.target(1.0), 1: lambda desk: desk.target(-0.5)}
    market = window(*[(100.0,) * 4] * 4, volume=30)
    run = played(steps, market, setup=free(participation=1.0))
    # 30 of 100 were bought; then 50 short are wanted: 80 to sell, 30 at a time
    assert [size for _, _, size, _ in trades(run)] == [30, -30, -30]
    assert State(run.orders["state"][0]) is State.CANCELLED


def test_close_closes_the_position() -> None:
    steps = {0: lambda desk: desk.sell(10), 1: lambda desk: desk.close()}
    run = played(steps, flat(100, 100, 90))
    assert run.sizes[:, 0].tolist() == [0, -10, 0]
    assert run.equity[-1] == 10_100


def test_what_a_desk_says_of_the_account() -> None:
    said: list[object] = []

    def say(desk: Desk) -> None:
        said.extend((desk.position(), desk.entry_price(), desk.cash, desk.equity, desk.time_ns))
        said.append([(order.number, order.side, order.limit) for order in desk.orders])

    def trade(desk: Desk) -> None:
        desk.buy(10)
        desk.sell(4, limit=150)

    played({0: trade, 1: say}, flat(100, 110, 120))
    assert said == [10, 110, 8_900, 10_000, 2 * MINUTE, [(2, Side.SELL, 150)]]


def test_a_flat_desk_has_no_entry_price() -> None:
    said: list[float] = []
    played({0: lambda desk: said.append(desk.entry_price())}, flat(1, 1))
    assert np.isnan(said).all()


def test_orders_are_cancelled_by_number_or_all_at_once() -> None:
    said: list[object] = []

    def trade(desk: Desk) -> None:
        numbers = [desk.buy(1, limit=price) for price in (50, 60, 70)]
        said.extend((desk.cancel(numbers[1]), desk.cancel(numbers[1]), desk.cancel_all()))
        said.append([desk.order(number).words for number in numbers])

    run = played({0: trade}, flat(100, 40))
    assert said == [True, False, 2, ["cancelled: cancelled"] * 3]
    assert trades(run) == []


def test_a_refused_order_says_why() -> None:
    said: list[str] = []
    steps = {0: lambda desk: desk.buy(1_000), 1: lambda desk: said.append(desk.order(1).words)}
    run = played(steps, flat(100, 100))
    assert said == ["refused: the account could not carry the position with its costs"]
    assert run.warnings == (
        "Orders refused: 1. The first, number 1, was refused: the account could not carry the "
        "position with its costs.",
    )
    assert Reason(run.orders["reason"][0]) is Reason.MARGIN


def test_a_strategy_goes_on_after_a_liquidation() -> None:
    steps = {0: lambda desk: desk.target(4.0), 2: lambda desk: desk.target(1.0)}
    setup = free(leverage=4, maintenance=0.1)
    run = played(steps, flat(100, 100, 80, 80), setup=setup)
    assert [size for _, _, size, _ in trades(run)] == pytest.approx([400, -400, 25])
    assert run.equity[-1] == pytest.approx(2_000)


def test_a_liquidation_closes_every_symbol() -> None:
    def borrow(desk: Desk) -> None:
        desk.target(2.0, "A")
        desk.target(1.0, "B")

    setup = free(leverage=4, maintenance=0.1)
    run = played({0: borrow}, flat(100, 100, 60, 60), flat(*[100.0] * 4), setup=setup)
    # 10,000 less 200 × 40 is less than a tenth of 200 × 60 + 100 × 100. B has not opened yet: it
    # goes at its last price.
    assert [(bar, size) for bar, _, size, _ in trades(run)] == [
        (1, 200), (1, 100), (2, -200), (1, -100),
    ]  # fmt: skip
    assert run.equity[-1] == 2_000


def test_symbols_share_one_cash_account() -> None:
    def both(desk: Desk) -> None:
        desk.buy(60, "A")
        desk.buy(60, "B")

    run = played({0: both}, flat(100, 100, 100), flat(100, 100, 100))
    assert trades(run) == [(1, "A", 60, 100)]
    assert run.orders["state"].tolist() == [State.FILLED, State.REFUSED]


def test_a_sale_at_an_open_pays_for_a_purchase_at_the_same_open() -> None:
    def swap(desk: Desk) -> None:
        desk.close("A")
        desk.buy(100, "B")

    run = played(
        {0: lambda desk: desk.buy(100, "A"), 1: swap}, flat(100, 100, 100), flat(100, 100, 100)
    )
    assert run.sizes[-1].tolist() == [0, 100]


def test_no_open_knows_how_another_candle_closes() -> None:
    """A doubles within the candle at whose open B is bought: at the open there is no money."""
    steps = {0: lambda desk: desk.buy(100, "A"), 1: lambda desk: desk.buy(50, "B")}
    rising = window((100,) * 4, (100,) * 4, (100, 200, 100, 200), (200,) * 4)
    setup = free(leverage=1.0)
    run = played(steps, rising, flat(100, 100, 100, 100), setup=setup)
    assert [name for _, name, _, _ in trades(run)] == ["A"]


def test_a_symbol_without_a_candle_keeps_its_mark_and_its_orders() -> None:
    gappy = series([100.0, 130.0], [100.0, 120.0], step_ns=3 * MINUTE)
    seen: list[tuple[int, int, int]] = []

    class Watcher(Script):
        def next(self, desk: Desk) -> None:
            seen.append((desk.index, len(desk.candles("A")), len(desk.candles("B"))))
            super().next(desk)

    steps = {0: lambda desk: desk.buy(10, "B")}
    run = run_events(
        {"A": flat(1, 2, 3, 4), "B": gappy}, strategy(lambda _: Watcher(steps), 2), {}, free()
    )
    assert trades(run) == [(1, "B", 10, 120)]
    assert run.time_ns.tolist() == [0, MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert run.marks[:, 1].tolist() == [100, 100, 100, 130]
    assert run.equity.tolist() == [10_000, 10_000, 10_000, 10_100]
    assert seen == [(-1, 0, 0), (0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 4, 2)]


def test_a_run_begins_when_every_symbol_has_a_candle() -> None:
    steps = {0: lambda desk: desk.buy(1, "A")}
    run = played(steps, flat(1, 2, 3, 4, 5), flat(7, 8, 9, first=2))
    assert run.time_ns[0] == 2 * MINUTE
    assert trades(run) == [(3, "A", 1, 4)]
    assert run.marks[0].tolist() == [3, 7]


def test_named_indicators_are_curves_over_the_closes() -> None:
    def name(desk: Desk) -> None:
        desk.indicator(np.cumsum, desk.candles().close, name="sum")
        desk.indicator(np.sign, desk.candles().close, name="sign", gauge=True)
        desk.indicator(np.sign, desk.candles("B").close, name="B", symbol="B")

    run = played({-1: name}, flat(1, 2, 3, 4), flat(7, 8, first=2))
    assert {key: curve.tolist() for key, curve in run.curves.items()} == {"sum": [6, 10]}
    assert {key: curve.tolist() for key, curve in run.gauges.items()} == {"sign": [1, 1]}


def test_thousands_of_orders_and_fills() -> None:
    def many(desk: Desk) -> None:
        for _ in range(20):
            desk.buy(0.05)
        if desk.index % 10 == 0:
            desk.sell(10.0, limit=200)

    run = played(dict.fromkeys(range(100), many), flat(*[100.0] * 101, 200.0))
    assert len(run.orders) == len(run.fills) == 2_010
    assert run.sizes[-2:, 0] == pytest.approx([100, 0])
    assert run.equity[-1] == pytest.approx(20_000)


def test_the_sma_cross_trades_like_its_signal_form() -> None:
    random = np.random.default_rng(7)
    closes = 100 * np.exp(np.cumsum(random.normal(0, 0.02, 600)))
    market = series(
        closes.tolist(), (np.roll(closes, 1) * random.uniform(0.99, 1.01, 600)).tolist()
    )
    setup = Setup(policies=Policies(Fees(0.001, 0.002), Slippage(0.0005)), direction=Direction.LONG)
    values = {"fast": 4, "slow": 9}
    run = run_events({"A": market}, SMA_CROSS, values, setup)
    signal = backtest(market, SMA_SIGNAL, values, setup)
    assert len(run.fills) > 60
    assert run.fills["bar"].tolist() == signal.fills["bar"].tolist()
    for name in ("price", "size", "fee", "realised"):
        assert run.fills[name] == pytest.approx(signal.fills[name], rel=1e-12)
    assert run.equity == pytest.approx(signal.equity, rel=1e-12)


def test_the_path_inside_candles_can_be_chosen() -> None:
    steps = {0: lambda desk: desk.buy(10, stop_loss=90, take_profit=110)}
    market = window((100,) * 4, (100,) * 4, (100, 115, 85, 100))
    prices = {
        path: trades(run_events({"A": market}, strategy(lambda _: Script(steps)), {}, free(), path))
        for path in (Path.WORST, Path.BEST)
    }
    assert prices[Path.WORST][1][3] == 90
    assert prices[Path.BEST][1][3] == 110


def test_a_run_needs_as_many_symbols_as_the_strategy_trades() -> None:
    with pytest.raises(BacktestError, match="Script trades 2 symbols; 1 were given"):
        run_events({"A": flat(1, 2)}, strategy(lambda _: Script({}), 2))


def test_orders_never_fill_at_the_close_of_their_decision() -> None:
    with pytest.raises(BacktestError, match="never at the close at which they are placed"):
        run_events({"A": flat(1, 2)}, strategy(lambda _: Script({})), {}, Setup(fill=Fill.CLOSE))


def test_parameters_are_checked() -> None:
    with pytest.raises(BadParameters, match="Fast was 9 and Slow 5"):
        run_events({"A": flat(1, 2)}, SMA_CROSS, {"fast": 9})


@pytest.mark.parametrize(
    ("market", "sentence"),
    [
        ({"A": flat(1, 2), "B": flat(1, 2, first=5)}, "A, B have no time in common"),
        ({"A": flat(1, 2), "B": flat(1, -2)}, "Candle 1 has the open price -2.0"),
        ({"A": flat(1, 2), "B": flat(1)}, "There is 1 candle"),
    ],
)
def test_candles_that_cannot_be_run(market: Mapping[str, object], sentence: str) -> None:
    with pytest.raises(BacktestError, match=sentence):
        run_events(market, strategy(lambda _: Script({}), 2))  # type: ignore[arg-type]


def fail(_: Desk) -> None:
    raise ZeroDivisionError("nothing to divide by")


@pytest.mark.parametrize(
    ("index", "sentence", "time_ns"),
    [
        (-1, "Script failed before the first candle: ZeroDivisionError: nothing to divide by", 0),
        (
            2,
            r"Script failed at the close of candle 2 \(1970-01-01 00:03:00 UTC\): ZeroDivisionErr",
            3 * MINUTE,
        ),
    ],
)
def test_what_a_strategy_raises_comes_out_with_its_candle(
    index: int, sentence: str, time_ns: int
) -> None:
    with pytest.raises(StrategyFailed, match=sentence) as caught:
        played({index: fail}, flat(1, 2, 3, 4))
    assert (caught.value.index, caught.value.time_ns) == (index, time_ns)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_what_makes_no_trader_fails() -> None:
    with pytest.raises(StrategyFailed, match=r"make returned 3; it needs the methods init and"):
        run_events({"A": flat(1, 2)}, strategy(lambda _: 3))  # type: ignore[arg-type, return-value]
