import pytest

from data_feed.simulator.errors import InvalidSymbol
from data_feed.simulator.products import DEFAULT_SYMBOLS, product_for, products_for


def test_defaults_are_the_six_listed_pairs() -> None:
    assert DEFAULT_SYMBOLS == (
        "BTC-USD",
        "ETH-USD",
        "SOL-USD",
        "ADA-USD",
        "LTC-USD",
        "ETH-BTC",
    )
    bitcoin = product_for("BTC-USD")
    assert (bitcoin.base, bitcoin.quote, bitcoin.price_decimals) == ("BTC", "USD", 1)


@pytest.mark.parametrize("symbol", ["DOGE-USD", "AVAX-USD", "XRP-BTC", "1INCH-EUR"])
def test_other_symbol_gets_a_price_of_thousands_of_ticks_every_time(symbol: str) -> None:
    product = product_for(symbol)
    assert 10_000 <= product.price <= 90_000
    assert product.mean_size >= 1000
    assert product == product_for(symbol)


@pytest.mark.parametrize("text", ["", "BTC", "btc-usd", "BTC/USD", "BTC-USD-X", "A-B"])
def test_text_that_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(InvalidSymbol, match="allowed are pairs like BTC-USD"):
        product_for(text)


def test_a_symbol_asked_twice_is_listed_once() -> None:
    assert [p.symbol for p in products_for(["ETH-BTC", "BTC-USD", "ETH-BTC"])] == [
        "ETH-BTC",
        "BTC-USD",
    ]
