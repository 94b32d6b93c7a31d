"""Warming up draws keyframes, pictures and patches, and does without a renderer."""

import logging
import threading

import pytest

from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.scene import U8, Rect, Scene
from indicators.registry import INDICATORS
from market.book_groups import group_top, price_unit
from market.book_levels import copy_top, invalidate, replace_levels, rescale, set_levels
from market.tape import add_to_tape, copy_tape
from server import warm_up as under_test
from server.warm_up import (
    warm_up,
    warm_up_backtests,
    warm_up_beside,
    warm_up_book,
    warm_up_indicators,
    warm_up_paper,
)
from trading.backtest.follow import follow
from trading.backtest.scoring import _score_all
from trading.engine.live import pass_book, pass_no_book, pass_quote, pass_time, pass_trade

pytestmark = pytest.mark.kernel


class WaitingOrders:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def prepare(self) -> None:
        self.told.append("prepare")

    def prepared(self) -> None:
        self.told.append("prepared")


class CountingRenderer:
    """Paints nothing and remembers which parts it was asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.clips: list[Rect | None] = []

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        self.clips.append(clip)


def test_whole_pictures_and_patches_are_drawn() -> None:
    renderer = CountingRenderer()
    warm_up(RendererChoice(renderer, renderer.name, ()), WaitingOrders())
    assert renderer.clips[:2] == [None, None]
    patches = [clip for clip in renderer.clips if clip is not None]
    assert patches
    assert all(patch.width < 640 for patch in patches)


def test_without_a_renderer_everything_else_is_compiled() -> None:
    warm_up(RendererChoice(None, "plotly", ()), WaitingOrders())


def test_books_are_compiled_before_the_feeds_thread_needs_them() -> None:
    kernels = (set_levels, replace_levels, rescale, invalidate, copy_top, group_top, price_unit)
    warm_up_book()
    for each in (*kernels, add_to_tape, copy_tape):
        assert getattr(each, "signatures", ["without a compiler"])


def test_orders_on_paper_are_compiled() -> None:
    warm_up_paper(WaitingOrders().prepared)
    for each in (pass_trade, pass_quote, pass_book, pass_no_book, pass_time):
        assert getattr(each, "signatures", ["without a compiler"])


def test_orders_wait_for_the_compiler_whatever_becomes_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders = WaitingOrders()
    warm_up(RendererChoice(None, "plotly", ()), orders)
    assert orders.told == ["prepare", "prepared"]
    monkeypatch.setattr(under_test, "open_account", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        warm_up_paper(orders.prepared)
    assert orders.told == ["prepare", "prepared", "prepared"]


def test_every_indicator_is_compiled_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="candlecast.warm_up"):
        warm_up(RendererChoice(None, "plotly", ()), WaitingOrders())
    assert f"{len(INDICATORS)} of {len(INDICATORS)} indicators are compiled" in caplog.text


def test_backtests_and_searches_are_compiled_before_the_first_click() -> None:
    stop = threading.Event()
    stop.set()
    warm_up_backtests(stop)
    warm_up_backtests()
    for each in (follow, _score_all):
        assert getattr(each, "signatures", ["without a compiler"])


def test_a_program_that_ends_does_not_wait_for_the_compiler() -> None:
    stop = threading.Event()
    stop.set()
    assert warm_up_indicators(stop) == 0
    orders = WaitingOrders()
    thread = warm_up_beside(orders.prepared)
    assert thread.daemon
    thread.join(60)
    assert not thread.is_alive()
    assert orders.told == ["prepared"]
