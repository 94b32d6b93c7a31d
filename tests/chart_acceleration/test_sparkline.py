"""Sheets of sparklines: each cell is the line alone, as its definition says."""

from io import BytesIO
from itertools import pairwise
from math import ceil, floor, hypot, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chart_acceleration.errors import BadChartData, BadChartSpec, UnknownTheme
from chart_acceleration.palette import Role, theme
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.reference import ReferenceRenderer
from chart_acceleration.scene import F64, U8, Scene
from chart_acceleration.sparkline import SparklineSheet, lay_out_sparklines

pytestmark = pytest.mark.kernel

COLOURS = {
    1: (Role.UP, Role.UP_SHADE),
    0: (Role.TEXT, Role.TEXT_2),
    -1: (Role.DOWN, Role.DOWN_SHADE),
}


def painted(scene: Scene) -> U8:
    pixels = np.zeros((scene.height, scene.width), dtype=np.uint8)
    for x0, y0, x1, y1, colour in scene.rects.tolist():
        assert 0 <= x0 < x1 <= scene.width and 0 <= y0 < y1 <= scene.height
        pixels[y0:y1, x0:x1] = colour
    return pixels


def points(values: list[float], width: int, height: int, scale: float) -> list[tuple[int, float]]:
    """Where the values stand in their cell: equal steps to the right, the highest above."""
    known = [value for value in values if not np.isnan(value)]
    lowest, apart = min(known), max(known) - min(known)
    inset = ceil(0.75 * scale + 0.25)
    step = (width - 1 - 2 * inset) / max(1, len(known) - 1)
    found = []
    for number, value in enumerate(known):
        share = (value - lowest) / apart if apart > 0.0 else 0.5
        row = inset + (1.0 - share) * (height - 1 - 2 * inset)
        found.append((floor(inset + number * step + 0.5), row))
    return found


def distance(x: int, y: int, start: tuple[int, float], end: tuple[int, float]) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    share = ((x - start[0]) * dx + (y - start[1]) * dy) / length if length > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    return hypot(x - start[0] - share * dx, y - start[1] - share * dy)


def reference(values: list[float], direction: int, sheet: SparklineSheet) -> tuple[U8, U8]:
    """The cell by its definition, pixel by pixel, and the pixels too near an edge to be told.

    Values of one pixel column are joined where they follow each other, and the column is as high
    as its lowest and highest.
    """
    at = points(values, sheet.width, sheet.height, sheet.scale)
    pieces = [*pairwise(at), *((each, each) for each in at)]
    inner, outer = 0.75 * sheet.scale - 0.25, 0.75 * sheet.scale + 0.25
    full, half = COLOURS[direction]
    pixels = np.zeros((sheet.height, sheet.width), dtype=np.uint8)
    unsure = np.zeros((sheet.height, sheet.width), dtype=np.uint8)
    for y in range(sheet.height):
        for x in range(sheet.width):
            away = min(distance(x, y, *piece) for piece in pieces)
            unsure[y, x] = min(abs(away - inner), abs(away - outer)) < 1e-6
            pixels[y, x] = full if away < inner else half if away < outer else 0
    return pixels, unsure


lines = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0])), min_size=1, max_size=24
)


@settings(max_examples=25)
@given(lines, st.integers(0, 5), st.sampled_from([-1, 0, 1]), st.sampled_from([1.0, 1.5, 3.0]))
def test_a_cell_is_the_line_by_its_definition(
    known: list[float], missing: int, direction: int, scale: float
) -> None:
    sheet = SparklineSheet(1, round(44 * scale), round(18 * scale), scale)
    values = [nan] * missing + known
    scene = lay_out_sparklines(np.array([values]), [direction], sheet)
    expected, unsure = reference(values, direction, sheet)
    assert ((painted(scene) == expected) | (unsure == 1)).all()


def waves(count: int, points: int = 48) -> F64:
    made = np.random.default_rng(7).normal(size=(count, points)).cumsum(axis=1)
    made[::5, : points // 3] = nan
    return 100.0 + made


@pytest.mark.parametrize("count", [1, 3, 341])  # the last: more than fit below each other
def test_cells_of_a_sheet_are_the_lines_drawn_alone(count: int) -> None:
    values, directions = waves(count), [number % 3 - 1 for number in range(count)]
    sheet = SparklineSheet(count, 40, 18)
    pixels = painted(lay_out_sparklines(values, directions, sheet))
    for number in range(count):
        cell = sheet.cell(number)
        alone = lay_out_sparklines(
            values[number : number + 1], directions[number : number + 1], SparklineSheet(1, 40, 18)
        )
        assert (pixels[cell.y0 : cell.y1, cell.x0 : cell.x1] == painted(alone)).all()
        assert painted(alone).any()


def test_cells_share_no_pixel_and_fill_the_sheet() -> None:
    sheet = SparklineSheet(500, 40, 18)
    covered = np.zeros(sheet.size[::-1], dtype=np.int64)
    for number in range(500):
        cell = sheet.cell(number)
        covered[cell.y0 : cell.y1, cell.x0 : cell.x1] += 1
    assert sheet.size == (120, 4086)
    assert covered.max() == 1 and covered.sum() == 500 * 40 * 18


def test_nothing_known_is_an_empty_cell() -> None:
    scene = lay_out_sparklines(np.full((2, 9), nan), [0, 0], SparklineSheet(2, 40, 18))
    assert len(scene.rects) == 0


@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize("name", ["dark", "light", "dark-cb", "light-cb"])
def test_picture_has_the_colours_of_theme_and_state(name: str, stale: bool) -> None:
    sheet = SparklineSheet(2, 40, 18, theme=name, stale=stale)
    values = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    with Image.open(
        BytesIO(ChartPipeline(ReferenceRenderer()).sparklines(values, [1, -1], sheet))
    ) as image:
        found = np.asarray(image.convert("RGB"))
    pixels = painted(lay_out_sparklines(values, [1, -1], sheet))
    assert (found == theme(name).colours(wide=False, stale=stale)[pixels]).all()
    assert {Role.UP, Role.DOWN} <= set(pixels.ravel().tolist())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"count": 0}, "sparklines was 0; allowed is 1 to 512"),
        ({"count": 513}, "sparklines was 513; allowed is 1 to 512"),
        ({"width": 15}, "width was 15; allowed is 16 to 256 device pixels"),
        ({"width": 257}, "width was 257; allowed is 16 to 256 device pixels"),
        ({"height": 7}, "height was 7; allowed is 8 to 96 device pixels"),
        ({"height": 97}, "height was 97; allowed is 8 to 96 device pixels"),
        ({"scale": nan}, "scale was nan; allowed is 1 to 4 device pixels per CSS pixel"),
        ({"scale": 4.5}, "scale was 4.5; allowed is 1 to 4 device pixels per CSS pixel"),
    ],
)
def test_sheet_refuses(wrong: dict[str, float], sentence: str) -> None:
    fine = {"count": 1, "width": 40, "height": 18, "scale": 1.0}
    with pytest.raises(BadChartSpec, match=f"^{sentence}$"):
        SparklineSheet(**{**fine, **wrong})  # type: ignore[arg-type]


def test_sheet_refuses_an_unknown_theme() -> None:
    with pytest.raises(UnknownTheme):
        SparklineSheet(1, 40, 18, theme="blue")


@pytest.mark.parametrize("bad", [[1.0, nan, 2.0], [1.0, np.inf], [1e301, 1.0], [nan, 1.0, nan]])
def test_values_that_cannot_be_drawn(bad: list[float]) -> None:
    with pytest.raises(BadChartData, match="finite, with NaN only before the first known one"):
        lay_out_sparklines(np.array([bad]), [0], SparklineSheet(1, 40, 18))


def test_values_that_do_not_fit_the_sheet() -> None:
    with pytest.raises(BadChartData, match=r"values were \(2, 3\) with 2 directions; .* of 1 "):
        lay_out_sparklines(np.zeros((2, 3)), [0, 0], SparklineSheet(1, 40, 18))
    with pytest.raises(BadChartData, match="direction was 2; allowed are -1, 0 and 1"):
        lay_out_sparklines(np.zeros((1, 3)), [2], SparklineSheet(1, 40, 18))


@pytest.mark.parametrize("height", [8, 9, 10])
def test_cells_lower_than_their_line_is_thick_stay_inside(height: int) -> None:
    scene = lay_out_sparklines(waves(3), [1, 0, -1], SparklineSheet(3, 16, height, 4.0))
    pixels = painted(scene)
    for number in range(3):
        cell = pixels[number * height : number * height + height]
        assert set(cell.ravel().tolist()) <= {0, *COLOURS[1 - number]}
