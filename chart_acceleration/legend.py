"""The legend of a picture that stands alone: symbol, prices of the newest candle, volume."""

from chart_acceleration.numbers import price_text, signed_text, volume_text
from chart_acceleration.ops import GlyphList
from chart_acceleration.ramps import DOWN, TEXT, UP
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import Face, Typesetter
from market.columns import CandleWindow

INSET = 12.0
ROWS = (17.0, 36.0, 52.0)  # centres of the three rows, CSS pixels from the top
ROOM = (0.0, 28.0, 46.0, 62.0)
"""CSS pixels that a legend of so many rows takes from the top."""
WORD_GAP, GROUP_GAP = 4.0, 8.0

Piece = tuple[str, Face, int, float]  # text, face, ramp, CSS pixels to the next piece


def legend_rows(spec: ChartSpec) -> int:
    """How many of title, prices and volume have room. The live page's own legend follows the same
    rule.
    """
    height = spec.height / spec.scale
    if spec.width < 200 * spec.scale or height < 110:
        return 0
    return 1 if height < 150 else 2 if height < 240 else 3


def put_legend(
    out: GlyphList,
    candles: CandleWindow,
    spec: ChartSpec,
    furniture: Furniture,
    decimals: int,
    setter: Typesetter,
    right: int,
) -> None:
    """Append the legend's glyphs. A row that would pass ``right`` is shortened to what fits."""
    context = f"{spec.interval} · {furniture.venue}" if furniture.venue else str(spec.interval)
    title: list[Piece] = [
        (spec.symbol, Face.TITLE, TEXT, GROUP_GAP),
        (context, Face.PLAIN, TEXT, 0.0),
    ]
    rows = [title]
    if len(candles):
        rows += [_prices(candles, decimals), _volume(candles)]
    for pieces, centre in zip(rows[: legend_rows(spec)], ROWS, strict=False):
        _put_row(
            out, _fitting(pieces, spec, setter, right), spec, setter, round(centre * spec.scale)
        )


def _prices(candles: CandleWindow, decimals: int) -> list[Piece]:
    last = len(candles) - 1
    close, open_ = float(candles.close[last]), float(candles.open[last])
    before = float(candles.close[last - 1]) if last > 0 else open_
    colour = UP if close >= open_ else DOWN
    pieces: list[Piece] = []
    fields = (("O", candles.open), ("H", candles.high), ("L", candles.low), ("C", candles.close))
    for letter, column in fields:
        pieces.append((letter, Face.PLAIN, TEXT, WORD_GAP))
        pieces.append((price_text(float(column[last]), decimals), Face.PLAIN, colour, GROUP_GAP))
    change = close - before
    share = f" ({signed_text(100.0 * change / before, 2)} %)" if before != 0.0 else ""
    pieces.append((signed_text(change, decimals) + share, Face.PLAIN, colour, 0.0))
    return pieces


def _volume(candles: CandleWindow) -> list[Piece]:
    return [
        ("Vol", Face.PLAIN, TEXT, WORD_GAP),
        (volume_text(float(candles.volume[-1])), Face.PLAIN, TEXT, 0.0),
    ]


def _fitting(pieces: list[Piece], spec: ChartSpec, setter: Typesetter, right: int) -> list[Piece]:
    """``pieces``, without O H L where the row is too long, else without its last piece."""
    room = right - 2 * spec.px(INSET)
    while pieces and _width(pieces, spec, setter) > room:
        pieces = pieces[6:] if len(pieces) > 6 else pieces[:-1]
    return pieces


def _width(pieces: list[Piece], spec: ChartSpec, setter: Typesetter) -> int:
    return sum(
        setter.run(text, face).width + round(gap * spec.scale) for text, face, _, gap in pieces
    )


def _put_row(
    out: GlyphList, pieces: list[Piece], spec: ChartSpec, setter: Typesetter, centre: int
) -> None:
    x = spec.px(INSET)
    for text, face, ramp, gap in pieces:
        run = setter.run(text, face)
        out.put(run, x, centre, ramp)
        x += run.width + round(gap * spec.scale)
