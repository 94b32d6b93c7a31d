"""Price and change over 24 hours: one wording for the watchlist and for the phone's header."""

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc

from components import ids
from components.formats import NONE, percent, plain, tone
from components.top_bar import quote_class
from server.errors import RequestError
from server.services import current
from server.views import LastView


def price_words(last: LastView) -> tuple[str, str, str]:
    """Price, change in percent, and the class that colours the change."""
    change = percent(None if last.change_pct is None else last.change_pct / 100)
    return plain(last.price, last.decimals), change, tone(change)


def quote(symbol: str) -> list[str]:
    """What the header shows of ``symbol``, for a :func:`quote_store`: price, change, class.

    Dashes for a symbol that is followed no longer: a page may outlive it.
    """
    try:
        price, change, direction = price_words(current().last(symbol))
    except RequestError:
        price, change, direction = NONE, "", "flat"
    return [price, change, quote_class(direction)]


def quote_store(page_id: str) -> dcc.Store:
    """A page's own store, filled with the tick that the page has anyway.

    The header is outside of the pages, and Dash complains about a callback from a page's tick to
    it on every other page.
    """
    return dcc.Store(id=page_id)


def fill_header(page_id: str) -> None:
    """Copy the page's store into the header, in the browser."""
    clientside_callback(
        ClientsideFunction(namespace="candlecast", function_name="quote"),
        Output(ids.QUOTE_PRICE, "children", allow_duplicate=True),
        Output(ids.QUOTE_CHANGE, "children", allow_duplicate=True),
        Output(ids.QUOTE, "className", allow_duplicate=True),
        Input(page_id, "data"),
        prevent_initial_call=True,
    )
