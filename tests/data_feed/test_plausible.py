"""Times that cannot be are refused, true ones never for long."""

from hypothesis import given
from hypothesis import strategies as st

from data_feed.plausible import CONVINCING, TradeTimes
from market.types import DAY, HOUR, SECOND, Side, Symbol, Trade

BTC = Symbol("BTC-USD")
NOW = 1_790_000_000 * SECOND


def trade(trade_id: int, time_ns: int, symbol: Symbol = BTC) -> Trade:
    return Trade(symbol, trade_id, time_ns, 1.0, 1.0, Side.BUY)


def test_the_future_is_refused_and_so_is_a_past_out_of_turn() -> None:
    times = TradeTimes()
    assert times.refusal(trade(1, NOW), NOW) == ""
    assert times.refusal(trade(2, NOW + HOUR), NOW) == "its time is 3,600 s ahead of the clock"
    assert (
        times.refusal(trade(3, NOW - HOUR), NOW) == "its time is 3,600 s old, yet it is a new trade"
    )
    assert times.refusal(trade(0, NOW - DAY), NOW) == "", "an old trade has an old time"
    assert times.refusal(trade(4, NOW + 59 * SECOND), NOW) == ""
    assert times.refusal(trade(5, NOW), NOW) == ""
    assert times.refusal(trade(9, NOW - HOUR, Symbol("ETH-USD")), NOW) == "", "of another symbol"


def test_a_recording_of_long_ago_is_no_matter() -> None:
    times = TradeTimes()
    assert all(times.refusal(trade(n, n * SECOND), NOW) == "" for n in range(1, 2000))


@given(st.integers(-3 * DAY, 3 * DAY), st.integers(0, 30 * SECOND))
def test_a_wrong_clock_here_costs_no_more_than_a_few_trades(wrong_ns: int, late_ns: int) -> None:
    times = TradeTimes(DAY)
    refused = [times.refusal(trade(n, NOW + n * SECOND), NOW + wrong_ns + n * SECOND + late_ns % n)
               for n in range(1, 40)]  # fmt: skip
    assert not any(refused[CONVINCING:])


@given(st.lists(st.integers(-50 * 365, 50 * 365).filter(lambda days: abs(days) > 1), max_size=60))
def test_scattered_nonsense_never_convinces(days: list[int]) -> None:
    """Between true trades, any number of false times in a row that do not agree."""
    times = TradeTimes()
    assert times.refusal(trade(1, NOW), NOW) == ""
    told = 0
    for number, jump in enumerate(days, 2):
        time_ns = max(NOW + jump * DAY + number * HOUR, 0)
        told += bool(times.refusal(trade(number, time_ns), NOW))
        assert times.refusal(trade(number, NOW), NOW) == ""
    assert told == len(days)


def test_a_first_trade_with_a_false_time_is_refused_or_got_over() -> None:
    times = TradeTimes(DAY)
    told = times.refusal(trade(1, NOW - 400 * DAY), NOW)
    assert told == "its time is 34,560,000 s old, yet it is a new trade"
    assert times.refusal(trade(1, NOW - HOUR), NOW) == "", "the last trade of a quiet market"
    assert times.refusal(trade(2, NOW), NOW) == ""
    assert times.refusal(trade(3, NOW + SECOND), NOW) == ""
