"""The sentence on the candles that a backtest would run over."""

from dash import html
from dash.development.base_component import Component

from components.formats import plain
from pages.backtest_words import length
from server.research_views import CoverageView

Words = list[Component | str]


def coverage_words(view: CoverageView) -> Words:
    """``1,309 candles. 8 gaps, longest 21 d. Missing candles are not filled.``"""
    if view.error:
        return [html.Span(view.error, className="down")]
    candles = "1 candle" if view.bars == 1 else f"{plain(view.bars, 0)} candles"
    if not view.gaps:
        return [f"{candles}, no gaps."]
    gaps = "1 gap" if view.gaps == 1 else f"{plain(view.gaps, 0)} gaps"
    rest = f", longest {length(view.longest_ns)}. Missing candles are not filled."
    return [f"{candles}. ", html.B(gaps), rest]
