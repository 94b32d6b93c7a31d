"""Which candles a backtest runs over: a market's, from a day to a day, or those of a file."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import data
from components.backtest_facts import FormFacts
from components.forms import choice_field
from components.icons import icon

FILE = "file:"
"""Before the key of an uploaded data set in the list of symbols."""

_DAY_NS = 86_400_000_000_000


def market_choices(symbols: Sequence[str], files: Mapping[str, str]) -> list[dict[str, object]]:
    """The options of the symbol's list: markets, then uploaded files."""
    groups: list[dict[str, object]] = [
        {"group": "Markets", "items": [{"value": each, "label": each} for each in symbols]}
    ]
    if files:
        uploaded = [{"value": FILE + key, "label": name} for key, name in files.items()]
        groups.append({"group": "Uploaded files", "items": uploaded})
    return groups


def market_fields(facts: FormFacts) -> list[Component]:
    """The rows of the group."""
    values = facts.values
    symbol = choice_field(ids.BACKTEST_SYMBOL, "Symbol", (), values.market)
    symbol.data = market_choices(facts.symbols, facts.files)
    symbol.searchable = True
    symbol.nothingFoundMessage = "No such symbol here"
    interval = choice_field(ids.BACKTEST_INTERVAL, "Interval", facts.intervals, values.interval)
    others = dmc.MultiSelect(
        id=ids.BACKTEST_OTHERS,
        label="Second symbol",
        data=list(facts.symbols),
        value=list(values.others),
        maxValues=1,
        className="control control-dense",
        comboboxProps={"offset": 4, "transitionProps": {"duration": 0}},
    )
    return [
        html.Div(
            [
                symbol,
                html.Div(interval, className="interval-field"),
            ],
            className="field-row",
        ),
        html.Div(others, className="other-symbols"),
        html.Div(
            [
                _day(ids.BACKTEST_FROM, "From", values.first, "oldest"),
                _day(ids.BACKTEST_TO, "To", values.last, "newest"),
            ],
            className="field-row",
        ),
        html.P("", id=ids.BACKTEST_COVERAGE, className="field-note coverage"),
        _upload(),
    ]


def _day(id: str, label: str, value: str, empty: str) -> dmc.TextInput:
    return dmc.TextInput(
        id=id,
        label=[html.Span(label), html.Span("UTC", className="field-range")],
        value=value,
        placeholder=empty,
        debounce=400,
        className="control control-dense",
    )


def _upload() -> html.Div:
    """A place to click or to drop on; ``assets/88_backtest_upload.js`` sends the file."""
    field = html.Button(
        [icon("data"), html.Span("Upload CSV or Parquet, or drop it here", **data(upload="words"))],
        type="button",
        className="upload",
        **data(upload="zone"),
    )
    problem = html.Div(
        "", className="upload-problem", role="alert", hidden=True, **data(upload="problem")
    )
    return html.Div([field, problem, dcc.Store(id=ids.BACKTEST_UPLOADED)], className="uploads")


def day_text(time_ns: int | None) -> str:
    """``2015-01-01``, with the time where it is not midnight; empty for None."""
    if time_ns is None:
        return ""
    layout = "%Y-%m-%d" if time_ns % _DAY_NS == 0 else "%Y-%m-%d %H:%M"
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime(layout)


def last_day_text(end_ns: int | None) -> str:
    """As :func:`day_text` for an end that is not included: the day before it."""
    whole = end_ns is not None and end_ns % _DAY_NS == 0
    return day_text(end_ns - _DAY_NS if whole and end_ns is not None else end_ns)


def day_ns(text: str | None, last: bool = False) -> int | None:
    """The time that a field says, None when it is empty; ``last``: the end of the day it names.

    Raises ValueError with a sentence.
    """
    written = (text or "").strip()
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError("Write it as 2022-01-31 or 2022-01-31 20:47.") from None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    if last and len(written) == len("2022-01-31"):
        moment += timedelta(days=1)
    return round(moment.timestamp()) * 1_000_000_000
