"""Depth charts: every column is as high as what lies between the market and its price."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chart_acceleration.depth import lay_out_depth
from chart_acceleration.depth_spec import FINE, DepthSpec, depth_range, fine_above
from chart_acceleration.depth_steps import empty_steps, side_totals, step_rects
from chart_acceleration.errors import BadChartData, BadChartSpec, UnknownTheme
from chart_acceleration.palette import Role
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import F64, U8
from tests.chart_acceleration.made_books import ASKS, BIDS, DEPTHS, NOTHING, DepthGolden
from tests.chart_acceleration.test_goldens import GOLDENS

pytestmark = pytest.mark.kernel

LEVELS = st.dictionaries(st.integers(1, 300), st.integers(1, 99), min_size=1, max_size=25)


def side_of(levels: dict[int, int], rising: bool) -> F64:
    """Best first: asks from the lowest price up, bids from the highest down."""
    prices = sorted(levels, reverse=not rising)
    return np.array([prices, [levels[price] for price in prices]], dtype=np.float64)


def slow_total(levels: dict[int, int], rising: bool, price: float) -> float:
    """What an order that goes as far as ``price`` meets."""
    return float(
        sum(size for at, size in levels.items() if (at <= price if rising else at >= price))
    )


@given(LEVELS, st.booleans(), st.integers(1, 80), st.floats(0, 300), st.floats(0.1, 9))
def test_totals_of_columns(
    levels: dict[int, int], rising: bool, width: int, low: float, step: float
) -> None:
    found = np.full(width, np.nan)
    side = side_of(levels, rising)
    side_totals(side[0], side[1], rising, low, step, found)
    wanted = [slow_total(levels, rising, low + (c + 0.5) * step) for c in range(width)]
    assert found.tolist() == wanted


def painted(rects: list[list[int]], width: int, height: int) -> U8:
    pixels = np.zeros((height, width), dtype=np.uint8)
    for x0, y0, x1, y1, colour in rects:
        assert 0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height
        pixels[y0:y1, x0:x1] = colour
    return pixels


def slow_steps(rows: list[int], rising: bool, height: int, thick: int) -> U8:
    """Pixel by pixel: 1 is the edge, 2 the fill; ``rows`` of ``height`` hold nothing."""
    width = len(rows)
    pixels = np.zeros((height, width), dtype=np.uint8)
    for x, top in enumerate(rows):
        pixels[top:, x] = 2
        pixels[top : top + thick, x] = 1 if top < height else 0
    towards = 1 if not rising else -1
    for x, top in enumerate(rows):
        # The column at which this step ends on the market's side, if it is near enough.
        end = x
        while 0 <= end + towards < width and rows[end + towards] == top:
            end += towards
        if abs(end - x) < thick and top < height:
            beyond = end + towards
            lower = rows[beyond] if 0 <= beyond < width else height
            pixels[top : min(lower + thick, height), x] = 1
    return pixels


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=30), st.booleans(), st.integers(1, 3),
    st.integers(4, 20),
)  # fmt: skip
def test_steps_are_filled_edged_and_joined(
    sizes: list[int], rising: bool, thick: int, height: int
) -> None:
    totals = np.cumsum(np.array(sizes, dtype=np.float64))
    totals = totals if rising else totals[::-1].copy()
    width, per_unit = len(sizes), height / max(1.0, float(totals.max()))
    box = np.array([0, 0, width, height], dtype=np.int32)
    out = empty_steps(width)
    count = step_rects(totals, per_unit, rising, box, thick, 1, 2, out, 0)
    rows = [
        height if total <= 0 else max(0, min(height - 1, height - int(total * per_unit + 0.5)))
        for total in totals.tolist()
    ]
    found = painted(out[:count].tolist(), width, height)
    assert (found == slow_steps(rows, rising, height, thick)).all()


def test_steps_do_not_reach_the_other_side() -> None:
    scene = lay_out_depth(BIDS, ASKS, DepthSpec(320, 300))
    rects = scene.rects.tolist()
    bids = max(x1 for _, _, x1, _, colour in rects if colour in {Role.UP, Role.UP_SHADE})
    asks = min(x0 for x0, _, _, _, colour in rects if colour in {Role.DOWN, Role.DOWN_SHADE})
    assert bids < asks


@given(st.floats(1e-9, 1e12))
def test_ranges_are_round_and_little_too_large(value: float) -> None:
    found = fine_above(value)
    assert value <= found <= value * 1.34
    digit = found / 10.0 ** np.floor(np.log10(found) + 1e-9)
    assert min(abs(digit - each) for each in FINE) < 1e-6


def test_range_holds_the_levels_of_both_sides() -> None:
    shown = depth_range(BIDS, ASKS, None)
    assert shown is not None
    middle = (BIDS[0, 0] + ASKS[0, 0]) / 2
    assert shown.middle == middle == (shown.low + shown.high) / 2
    assert shown.low <= BIDS[0, 59] and shown.high >= ASKS[0, 59]
    inside = max(BIDS[1][BIDS[0] >= shown.low].sum(), ASKS[1][ASKS[0] <= shown.high].sum())
    assert shown.most >= 1.15 * inside


def test_span_is_percent_of_the_middle() -> None:
    shown = depth_range(BIDS, ASKS, 2.0)
    assert shown is not None
    assert shown.high - shown.middle == pytest.approx(0.02 * shown.middle)


def test_one_side_alone_stands_beside_its_best_price() -> None:
    shown = depth_range(NOTHING, ASKS, None)
    assert shown is not None and shown.middle == ASKS[0, 0]
    assert depth_range(NOTHING, NOTHING, None) is None


@settings(max_examples=40)
@given(LEVELS, LEVELS, st.integers(16, 400), st.integers(16, 300), st.sampled_from([1.0, 1.5, 3.0]))
def test_any_book_stays_in_its_picture(
    bids: dict[int, int], asks: dict[int, int], width: int, height: int, scale: float
) -> None:
    above = {price + 400: size for price, size in asks.items()}
    spec = DepthSpec(width, height, scale)
    scene = lay_out_depth(side_of(bids, False), side_of(above, True), spec)
    assert (scene.rects[:, 4] < 16).all()
    pixels = np.full((height, width), 99, dtype=np.uint8)
    CpuRenderer().draw(scene, pixels)
    assert (pixels < 16).all()


@pytest.mark.parametrize("bad", [
    np.array([[1.0, 2.0], [1.0, 1.0]]),
    np.array([[2.0, 1.0], [1.0, 0.0]]),
    np.array([[2.0, np.nan], [1.0, 1.0]]),
    np.array([[2.0, 1.0], [1.0, np.inf]]),
    np.ones((3, 1)),
    np.ones(4),
])  # fmt: skip
def test_levels_that_are_none_are_refused(bad: F64) -> None:
    with pytest.raises(BadChartData):
        lay_out_depth(bad, NOTHING, DepthSpec(320, 200))


def test_specs_that_cannot_be_drawn_are_refused() -> None:
    for wrong in ({"width": 4}, {"height": 9000}, {"scale": 0.5}, {"span": 100.0}):
        with pytest.raises(BadChartSpec):
            DepthSpec(**{"width": 320, "height": 200, **wrong})  # type: ignore[arg-type]
    with pytest.raises(UnknownTheme):
        DepthSpec(320, 200, theme="pink")


@pytest.mark.parametrize("case", DEPTHS, ids=lambda case: case.name)
def test_golden_depth(case: DepthGolden, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    scene = case.scene()
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    CpuRenderer().draw(scene, pixels)
    picture = Image.fromarray(pixels, mode=None)
    picture.putpalette(case.spec.palette.tobytes())
    path = GOLDENS / f"{case.name}.png"
    if request.config.getoption("--regenerate-goldens", default=False):
        picture.save(path, optimize=True)
    with Image.open(path) as kept:
        expected, colours = np.array(kept), kept.getpalette()
    picture.save(tmp_path / path.name)
    assert np.array_equal(pixels, expected), f"drawn now: {tmp_path / path.name}"
    assert (colours or [])[:48] == case.spec.palette.ravel().tolist()
