"""Price and change over 24 hours: one wording for the watchlist and for the phone's header."""

from dash import Output

from components import ids
from components.formats import percent, plain, tone
from components.top_bar import quote_class
from server.services import current
from server.views import LastView

QUOTE_OUTPUTS = (
    Output(ids.QUOTE_PRICE, "children", allow_duplicate=True),
    Output(ids.QUOTE_CHANGE, "children", allow_duplicate=True),
    Output(ids.QUOTE, "className", allow_duplicate=True),
)
"""Several pages fill the header, each with the tick that it has anyway."""


def price_words(last: LastView) -> tuple[str, str, str]:
    """Price, change in percent, and the class that colours the change."""
    change = percent(None if last.change_pct is None else last.change_pct / 100)
    return plain(last.price, last.decimals), change, tone(change)


def quote(symbol: str) -> tuple[str, str, str]:
    """Values for :data:`QUOTE_OUTPUTS`."""
    price, change, direction = price_words(current().last(symbol))
    return price, change, quote_class(direction)
