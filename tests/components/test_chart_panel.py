from components import ids
from components.chart_panel import chart_panel, plotly_chart, refused_chart
from tests.components.trees import attribute, by_class, by_id, parts, texts


def test_panel_carries_what_the_script_reads() -> None:
    panel = chart_panel("BTC-USD", "5m", "Coinbase", bars=200)
    read = [attribute(panel, f"data-{name}") for name in ("chart", "symbol", "interval", "bars")]
    assert by_id(panel, ids.CHART) is panel
    assert read == ["1", "BTC-USD", "5m", "200"]


def test_panel_has_all_parts() -> None:
    panel = chart_panel("BTC-USD", "5m", "Coinbase")
    for name in ("chart-keyframe", "chart-patch", "chart-last-line", "chart-legend", "chart-state"):
        assert len(by_class(panel, name)) == 1
    fields = {attribute(part, "data-field") for part in parts(panel)} - {None}
    assert fields == {"symbol", "context", "stale", "o", "h", "l", "c", "change", "volume"}


def test_panel_carries_what_the_chart_shows() -> None:
    panel = chart_panel("BTC-USD", "5m", "Coinbase", '{"style":"line"}')
    assert attribute(panel, "data-elements") == '{"style":"line"}'
    assert attribute(chart_panel("BTC-USD", "5m", ""), "data-elements") == "{}"


def test_refused_chart_says_why_and_what_can_be_done() -> None:
    panel = refused_chart("style was 'pie'; allowed are candles", "?symbol=BTC-USD")
    assert texts(panel) == (
        "This chart cannot be drawn style was 'pie'; allowed are candles Show the standard chart"
    )
    assert attribute(panel, "data-symbol") is None


def test_states_are_hidden_at_first() -> None:
    panel = chart_panel("BTC-USD", "5m", "Coinbase")
    for name in ("chart-state", "chart-progress", "chart-lost", "chart-last-line"):
        (part,) = by_class(panel, name)
        assert part.hidden is True


def test_legend_keeps_the_places_of_values() -> None:
    (legend,) = by_class(chart_panel("BTC-USD", "5m", "Coinbase"), "chart-legend")
    assert texts(legend) == "BTC-USD 5m · Coinbase STALE O – H – L – C – – Vol –"
    (empty,) = by_class(chart_panel("", "", "Coinbase"), "chart-legend-title")
    assert texts(empty) == "– Coinbase STALE"


def test_lost_strip_has_one_act() -> None:
    assert texts(by_id(chart_panel("BTC-USD", "5m", ""), ids.RETRY_FEED)) == "Retry now"


def test_plotly_tier_has_its_graph() -> None:
    assert by_id(plotly_chart(), ids.PLOTLY_CHART).config["displayModeBar"] is False
