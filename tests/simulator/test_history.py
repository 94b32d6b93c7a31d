import numpy as np
import pytest

from data_feed.simulator.candle_archive import (
    CLOSE,
    DAY_S,
    HIGH,
    HOUR_S,
    LOW,
    MINUTE_S,
    OPEN,
    TIME,
    VOLUME,
    CandleArchive,
)
from data_feed.simulator.history import generate_history
from data_feed.simulator.products import product_for

END = 1_790_000_040
BITCOIN = product_for("BTC-USD")


def test_the_walk_ends_at_the_first_price_of_the_book() -> None:
    history = generate_history(BITCOIN, 7, END)
    assert history.minutes[-1, CLOSE] == BITCOIN.price
    assert history.minutes[-1, TIME] == END - MINUTE_S


@pytest.mark.parametrize("symbol", ["BTC-USD", "ADA-USD", "ETH-BTC", "DOGE-USD"])
def test_candles_are_well_formed_without_gaps(symbol: str) -> None:
    history = generate_history(product_for(symbol), 3, END)
    for rows, length in (
        (history.days, DAY_S),
        (history.hours, HOUR_S),
        (history.minutes, MINUTE_S),
    ):
        assert (np.diff(rows[:, TIME]) == length).all()
        assert (rows[:, LOW] <= np.minimum(rows[:, OPEN], rows[:, CLOSE])).all()
        assert (rows[:, HIGH] >= np.maximum(rows[:, OPEN], rows[:, CLOSE])).all()
        assert (rows[:, LOW] >= 1).all()
        assert (rows[:, VOLUME] >= 1).all()
    whole = np.concatenate((history.days, history.hours, history.minutes))
    assert (whole[1:, OPEN] == whole[:-1, CLOSE]).all()
    assert history.days[-1, TIME] + DAY_S == history.hours[0, TIME]
    assert history.hours[-1, TIME] + HOUR_S == history.minutes[0, TIME]


def test_same_seed_gives_the_same_candles_and_another_seed_others() -> None:
    first = generate_history(BITCOIN, 7, END)
    again = generate_history(BITCOIN, 7, END)
    other = generate_history(BITCOIN, 8, END)
    assert (first.minutes == again.minutes).all()
    assert (first.minutes[:, CLOSE] != other.minutes[:, CLOSE]).any()


def test_longer_candles_agree_with_the_minutes() -> None:
    store = CandleArchive(generate_history(BITCOIN, 7, END))
    minutes = store.rows(MINUTE_S, 0, 2**40, 100_000)[::-1]
    for granularity in (300, 900, 3600, 21600, 86400):
        for row in store.rows(granularity, END - 5 * DAY_S, END, 300)[:40]:
            inside = minutes[minutes[:, TIME] // granularity * granularity == row[TIME]]
            assert row[OPEN] == inside[0, OPEN]
            assert row[CLOSE] == inside[-1, CLOSE]
            assert row[HIGH] == inside[:, HIGH].max()
            assert row[LOW] == inside[:, LOW].min()
            assert row[VOLUME] == inside[:, VOLUME].sum()


def test_ranges_are_twice_the_bodies_as_in_a_brownian_motion() -> None:
    # Feller (1951): the mean range is 2 * sqrt(2/pi) * sigma; the mean body is sqrt(2/pi) * sigma.
    rows = generate_history(BITCOIN, 7, END).minutes
    ranges = rows[:, HIGH] - rows[:, LOW]
    bodies = np.abs(rows[:, OPEN] - rows[:, CLOSE])
    assert ranges.mean() / bodies.mean() == pytest.approx(2.0, rel=0.05)


def test_volatility_is_about_the_products() -> None:
    deviations = []
    for seed in range(6):
        closes = generate_history(BITCOIN, seed, END).minutes[:, CLOSE]
        deviations.append(np.diff(np.log(closes)).std() * np.sqrt(DAY_S / MINUTE_S))
    assert 0.6 < np.mean(deviations) / BITCOIN.daily_volatility < 1.6
