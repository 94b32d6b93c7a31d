"""The registry of indicators in plain values, for scripts and for the forms of pages."""

from indicators.registry import INDICATORS
from indicators.spec import Indicator
from server.studies import chosen_indicators
from server.views import IndicatorView, OutputView, ParameterView


def indicator_views() -> tuple[IndicatorView, ...]:
    """Every indicator, in the order in which they are listed."""
    return tuple(_view(indicator) for indicator in INDICATORS.values())


def _view(indicator: Indicator) -> IndicatorView:
    (plain,) = chosen_indicators([indicator.key])
    pane = indicator.pane
    return IndicatorView(
        key=indicator.key,
        title=indicator.title,
        description=indicator.description,
        family=indicator.family.value,
        example=plain.text,
        parameters=tuple(
            ParameterView(p.name, p.label, p.default, p.low, p.high, p.step, p.whole)
            for p in indicator.parameters
        ),
        outputs=tuple(
            OutputView(out.name, out.label, out.style.value, out.ahead(*plain.parameters))
            for out in indicator.outputs
        ),
        overlay=pane.overlay,
        low=pane.low,
        high=pane.high,
        levels=pane.levels,
        warm_up=indicator.warm_up(*plain.parameters),
        rules=tuple(f"{rule.less} must be below {rule.more}" for rule in indicator.rules),
        source=indicator.source,
        note=indicator.note,
    )
