"""The legend of a picture that stands alone: symbol, prices of the newest candle, studies,
volume.
"""

from dataclasses import dataclass

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Study
from chart_acceleration.extent import shown_value
from chart_acceleration.numbers import price_text, signed_text, volume_text
from chart_acceleration.ops import GlyphList
from chart_acceleration.price_ticks import Text
from chart_acceleration.ramps import DOWN, IN_COLOUR, TEXT, UP
from chart_acceleration.scene import F64
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import Face, Typesetter
from market.columns import CandleWindow

INSET = 12.0
ROWS = (17.0, 36.0, 52.0)  # centres of the three rows, CSS pixels from the top
ROOM = (0.0, 28.0, 46.0, 62.0)
"""CSS pixels that a legend of so many rows takes from the top."""
PANE_ROW = 11.0  # centre of a pane's row, CSS pixels from its top
WORD_GAP, GROUP_GAP = 4.0, 8.0

Piece = tuple[str, Face, int, float]  # text, face, ramp, CSS pixels to the next piece
Group = list[Piece]
"""Pieces that are shown or left out together."""


def legend_rows(spec: ChartSpec) -> int:
    """How many of title, prices and volume have room. The live page's own legend follows the same
    rule.
    """
    height = spec.height / spec.scale
    if spec.width < 200 * spec.scale or height < 110:
        return 0
    return 1 if height < 150 else 2 if height < 240 else 3


@dataclass(frozen=True, slots=True)
class Legend:
    """Puts rows of text into ``out``. A row that would pass ``right`` is shortened to what fits."""

    out: GlyphList
    spec: ChartSpec
    setter: Typesetter
    right: int

    def put(self, groups: list[Group], centre: int) -> None:
        """One row with its middle on pixel row ``centre``."""
        x = self.spec.px(INSET)
        for group in self._fitting(groups):
            for text, face, ramp, gap in group:
                run = self.setter.run(text, face)
                self.out.put(run, x, centre, ramp)
                x += run.width + round(gap * self.spec.scale)

    def _fitting(self, groups: list[Group]) -> list[Group]:
        """``groups``, without O H L where the row is too long, else without the last ones."""
        room = self.right - 2 * self.spec.px(INSET)
        while groups and self._width(groups) > room:
            groups = groups[3:] if groups[0][0][0] == "O" else groups[:-1]
        return groups

    def _width(self, groups: list[Group]) -> int:
        return sum(
            self.setter.run(text, face).width + round(gap * self.spec.scale)
            for group in groups
            for text, face, _, gap in group
        )


def put_legend(legend: Legend, data: ChartData, furniture: Furniture, decimals: int) -> None:
    """Append the legend of the prices: title, newest candle, overlays and volume."""
    spec = legend.spec
    context = f"{spec.interval} · {furniture.venue}" if furniture.venue else str(spec.interval)
    rows: list[list[Group]] = [
        [[(spec.symbol, Face.TITLE, TEXT, GROUP_GAP)], [(context, Face.PLAIN, TEXT, 0.0)]]
    ]
    if len(data.candles):
        rows += [_prices(data.candles, decimals), _overlays(data, spec, decimals)]
    for groups, centre in zip(rows[: legend_rows(spec)], ROWS, strict=False):
        legend.put(groups, round(centre * spec.scale))


def put_pane_legend(legend: Legend, study: Study, values: F64, text: Text, top: int) -> None:
    """Append a pane's title and its curves' newest values, written by ``text``, at its ``top``."""
    title, *shown = _study(study, values, text)
    legend.put([[title], *([piece] for piece in shown)], top + round(PANE_ROW * legend.spec.scale))


def _study(study: Study, values: F64, text: Text) -> Group:
    """Title and the values beside the newest candle, each in its curve's colour."""
    pieces: Group = [(study.title, Face.PLAIN, TEXT, WORD_GAP)]
    for curve, row in zip(study.curves, values, strict=True):
        value = shown_value(curve, row)
        shown = "–" if value is None else text(value)
        pieces.append((shown, Face.PLAIN, IN_COLOUR[curve.role], WORD_GAP))
    pieces[-1] = (*pieces[-1][:3], GROUP_GAP)
    return pieces


def _overlays(data: ChartData, spec: ChartSpec, decimals: int) -> list[Group]:
    """The overlays, then the volume."""
    groups = [
        _study(study, values, lambda value: price_text(value, decimals))
        for study, values in zip(spec.elements.studies, data.values, strict=True)
        if study.pane is None
    ]
    return [*groups, _volume(data.candles)] if spec.elements.volume else groups


def _prices(candles: CandleWindow, decimals: int) -> list[Group]:
    last = len(candles) - 1
    close, open_ = float(candles.close[last]), float(candles.open[last])
    before = float(candles.close[last - 1]) if last > 0 else open_
    colour = UP if close >= open_ else DOWN
    fields = (("O", candles.open), ("H", candles.high), ("L", candles.low), ("C", candles.close))
    groups: list[Group] = [
        [
            (letter, Face.PLAIN, TEXT, WORD_GAP),
            (price_text(float(column[last]), decimals), Face.PLAIN, colour, GROUP_GAP),
        ]
        for letter, column in fields
    ]
    change = close - before
    share = f" ({signed_text(100.0 * change / before, 2)} %)" if before != 0.0 else ""
    return [*groups, [(signed_text(change, decimals) + share, Face.PLAIN, colour, 0.0)]]


def _volume(candles: CandleWindow) -> Group:
    return [
        ("Vol", Face.PLAIN, TEXT, WORD_GAP),
        (volume_text(float(candles.volume[-1])), Face.PLAIN, TEXT, 0.0),
    ]
