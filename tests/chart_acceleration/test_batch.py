"""Many charts in one call: what comes back are the single pictures."""

import ctypes
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chart_acceleration.batch import ChartJob, draw_charts
from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Curve, Elements, Study
from chart_acceleration.errors import BadCandles, BadChartData, ChartError, RendererUnavailable
from chart_acceleration.palette import Role, theme
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.auto import RendererChoice, choose
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.protocol import Renderer
from chart_acceleration.renderers.resilient import ResilientRenderer
from chart_acceleration.scene import U8, Rect, Scene
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval
from tests.chart_acceleration.cuda.host_device import CppRenderer, compiled
from tests.chart_acceleration.cuda.scenes import decoded
from tests.chart_acceleration.made_candles import made_candles
from tests.chart_acceleration.renderers.made_renderers import Breaking, only

ALONE = Furniture(legend=True, last_line=True, decimals=1)
SIZES = ((340, 200), (640, 360), (120, 90), (341, 203))


def jobs_of(count: int) -> list[ChartJob]:
    """Charts of several sizes, themes, lengths and palettes."""
    made = []
    for number in range(count):
        width, height = SIZES[number % len(SIZES)]
        candles = made_candles(20 + number, seed=number)
        spec = ChartSpec("BTC-USD", Interval.M1, width, height, bars=30)
        furniture = ALONE
        values: tuple[Any, ...] = ()
        if number % 3 == 1:
            spec = replace(spec, theme="light")
            furniture = replace(furniture, stale=True)
        if number % 3 == 2:
            study = Study("SMA", (Curve("SMA", role=Role.LINE_D),))  # a wide palette
            spec = replace(spec, elements=Elements(studies=(study,)))
            values = (np.array([candles.close * 1.001]),)
        made.append((ChartData(candles, values), spec, furniture))
    return made


def single(jobs: list[ChartJob]) -> list[bytes]:
    """What the processor's pipeline makes of them, one by one."""
    pipeline = ChartPipeline(CpuRenderer())
    return [pipeline.picture(*job) for job in jobs]


def bad_jobs() -> tuple[ChartJob, ChartJob]:
    """A candle that is not a number, and values that belong to no study."""
    data, spec, furniture = jobs_of(1)[0]
    close = data.candles.close.copy()
    close[4] = np.nan
    broken = ChartData(replace(data.candles, close=close))
    too_many = ChartData(data.candles, (np.zeros((1, len(data.candles))),))
    return (broken, spec, furniture), (too_many, spec, furniture)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return compiled(tmp_path_factory.mktemp("cuda"))


@pytest.fixture(scope="module", params=["cpu", "opengl", "cuda as C++"])
def renderer(request: pytest.FixtureRequest) -> Renderer:
    """One of each way to draw many."""
    if request.param == "cuda as C++":
        return CppRenderer(request.getfixturevalue("library"))
    try:
        found = choose(request.param).renderer
    except RendererUnavailable as error:
        pytest.skip(str(error))
    assert found is not None
    return found


@pytest.mark.parametrize("count", [0, 1, 2, 7, 70])
def test_a_batch_is_its_single_pictures(renderer: Renderer, count: int) -> None:
    jobs = jobs_of(count)
    files = draw_charts(jobs, renderer)
    expected = single(jobs)
    if renderer.name != "cuda as C++":
        assert files == expected
    assert len(files) == count
    for file, right in zip(files, expected, strict=True):
        assert isinstance(file, bytes)
        assert np.array_equal(decoded(file), decoded(right))


def test_a_bad_job_stands_in_its_place_and_loses_no_other(renderer: Renderer) -> None:
    jobs = jobs_of(5)
    jobs[1], jobs[4] = bad_jobs()
    files = draw_charts(jobs, renderer)
    assert isinstance(files[1], BadCandles)
    assert "candle 4 has" in str(files[1])
    assert isinstance(files[4], BadChartData)
    good = [0, 2, 3]
    for number, right in zip(good, single([jobs[number] for number in good]), strict=True):
        file = files[number]
        assert isinstance(file, bytes)
        assert np.array_equal(decoded(file), decoded(right))
    assert [type(file) for file in draw_charts([bad_jobs()[0]], renderer)] == [BadCandles]


def test_without_a_renderer_the_fastest_draws() -> None:
    jobs = jobs_of(3)
    drawn = draw_charts(jobs)
    for file, right in zip(drawn, single(jobs), strict=True):
        assert isinstance(file, bytes)
        assert np.array_equal(decoded(file), decoded(right))


class BreakingCard:
    """The kernels as C++, until a batch fails as on a card."""

    name = "cuda"

    def __init__(self, library: ctypes.CDLL, failure: Exception) -> None:
        self.inner = CppRenderer(library)
        self.failure = failure

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        raise self.failure

    def draw_many_encoded(self, scenes: list[Scene], palettes: list[U8]) -> list[bytes]:
        raise self.failure


@pytest.mark.parametrize("failure", [RuntimeError("device lost"), MemoryError("out of memory")])
def test_a_card_that_fails_misses_no_chart(library: ctypes.CDLL, failure: Exception) -> None:
    jobs = jobs_of(5)
    jobs[3] = bad_jobs()[0]
    card = BreakingCard(library, failure)
    renderer = ResilientRenderer(RendererChoice(card, "cuda", ()))
    files = draw_charts(jobs, renderer)
    assert renderer.name == "cpu"
    assert isinstance(files.pop(3), BadCandles)
    assert files == single([jobs[number] for number in (0, 1, 2, 4)])


def test_a_renderer_named_by_the_caller_is_not_replaced(library: ctypes.CDLL) -> None:
    with pytest.raises(RuntimeError, match="device lost"):
        draw_charts(jobs_of(2), BreakingCard(library, RuntimeError("device lost")))


def test_a_chart_that_no_renderer_can_draw_loses_no_other() -> None:
    jobs = jobs_of(4)  # one of them is 640 wide
    first = Breaking("cpu")
    first.failure, first.limit = RuntimeError("too wide"), 600
    with only({"cpu": lambda: first}):
        renderer = ResilientRenderer(RendererChoice(first, "cpu", ()))
        files = draw_charts(jobs, renderer)
    bad = files.pop(1)
    assert isinstance(bad, ChartError)
    assert str(bad) == "the chart could not be drawn (RuntimeError: too wide)"
    assert files == single([jobs[number] for number in (0, 2, 3)])


def test_no_renderer_at_all_is_raised() -> None:
    with pytest.raises(RendererUnavailable, match="no renderer runs: no device"):
        draw_charts(jobs_of(2), ResilientRenderer(RendererChoice(None, "plotly", ("no device",))))


def test_the_palettes_are_those_of_the_jobs(renderer: Renderer) -> None:
    files = draw_charts(jobs_of(2), renderer)
    grounds = [decoded(file)[0, 0].tolist() for file in files if isinstance(file, bytes)]
    expected = [theme("dark").palette[0].tolist(), theme("light").stale[0].tolist()]
    assert grounds == expected
