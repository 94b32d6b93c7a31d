"""A jump in trade ids is a gap; repetitions and late ones are not."""

from data_feed.sequence import TradeSequence
from market.types import Symbol


def test_missed_trades_are_counted_per_symbol() -> None:
    sequence = TradeSequence()
    btc, eth = Symbol("BTC-USD"), Symbol("ETH-USD")
    script = [
        (btc, 10, 0),
        (btc, 11, 0),
        (eth, 500, 0),
        (btc, 15, 3),
        (btc, 13, 0),
        (btc, 15, 0),
        (btc, 16, 0),
    ]
    for symbol, trade_id, missed in script:
        assert sequence.missed(symbol, trade_id) == missed


def test_what_the_venue_said_shows_a_trade_that_never_came() -> None:
    sequence, btc = TradeSequence(), Symbol("BTC-USD")
    assert sequence.behind(btc, 9) is None, "no trade has come yet"
    sequence.missed(btc, 10)
    assert sequence.behind(btc, 12) is None, "11 and 12 may be on their way"
    sequence.missed(btc, 11)
    assert sequence.behind(btc, 12) == 11
    assert sequence.behind(btc, 12) is None, "it is known to be missing now"
    assert sequence.missed(btc, 13) == 0
    assert sequence.behind(btc, 13) is None
