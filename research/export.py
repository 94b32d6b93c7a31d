"""A run as a file for other programs."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import fields
from math import isfinite
from typing import Any

import numpy as np

from research.codec import pack
from research.outcome import Outcome
from research.result_views import drawdown_views, fill_views, metric_views, trade_views
from research.views import TradeView

__all__ = ["csv_export", "json_export"]


def csv_export(outcome: Outcome) -> bytes:
    """The round trips, one a line; times as ISO 8601 in UTC, an open one without an exit."""
    result = outcome.result
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [each.name for each in fields(TradeView)]
    writer.writerow(
        ["entry" if n == "entry_ns" else "exit" if n == "exit_ns" else n for n in names]
    )
    for trade in trade_views(result.trades, result.time_ns, outcome.symbols):
        row = [getattr(trade, name) for name in names]
        writer.writerow(
            [
                _moment(value) if name.endswith("_ns") and value is not None else value
                for name, value in zip(names, row, strict=True)
            ]
        )
    return text.getvalue().encode()


def json_export(outcome: Outcome) -> bytes:
    """Everything: request, figures, every trade and fill, equity of every candle. Times in ns."""
    result = outcome.result
    request, _ = pack(outcome.request)
    request["values"] = dict(outcome.values)
    whole = {
        "title": outcome.title,
        "request": request,
        "symbols": list(outcome.symbols),
        "interval": outcome.interval,
        "convention": pack(result.measures.convention)[0],
        "metrics": {each.key: each.value for each in metric_views(result.measures)},
        "warnings": list(result.warnings),
        "checks": [pack(check)[0] for check in outcome.checks],
        "drawdowns": [pack(each)[0] for each in drawdown_views(result)],
        "trades": [
            pack(each)[0] for each in trade_views(result.trades, result.time_ns, outcome.symbols)
        ],
        "fills": [pack(each)[0] for each in fill_views(result.fills, outcome.symbols)],
        "time_ns": result.time_ns.tolist(),
        "equity": result.equity.tolist(),
        "market": result.market.tolist(),
        "position": result.position.tolist(),
        "curves": {
            name: values.tolist()
            for curves in (result.curves, result.gauges)
            for name, values in curves.items()
        },
    }
    return json.dumps(_finite(whole), allow_nan=False).encode()


def _finite(value: Any) -> Any:
    """``value`` with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(each) for each in value]
    return value


def _moment(time_ns: int) -> str:
    return f"{np.datetime64(time_ns, 'ns')}Z"
