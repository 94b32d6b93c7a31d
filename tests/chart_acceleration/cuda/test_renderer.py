"""CuPy's part of the renderer, with the processor behind CuPy's names."""

import ctypes
import importlib
import sys
from typing import Any

import numpy as np
import pytest

from benchmarks.varied import varied_charts
from chart_acceleration.batch import draw_charts
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import available_renderers, choose
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.renderers.resilient import ResilientRenderer
from tests.chart_acceleration.cuda import fake_cupy as fake_cupy_module
from tests.chart_acceleration.cuda.fake_cupy import fake_cupy
from tests.chart_acceleration.cuda.host_device import CppRenderer
from tests.chart_acceleration.cuda.scenes import by_reference, scene_of_golden
from tests.chart_acceleration.renderers.made_renderers import only
from tests.chart_acceleration.test_goldens import CASES

MODULE = "chart_acceleration.renderers.cuda"


def module_with(monkeypatch: pytest.MonkeyPatch, cupy: Any) -> Any:
    """The renderer's module, imported with ``cupy``; forgotten after the test."""
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    module = importlib.import_module(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, module)
    return module


def test_frames_and_batches_come_back_as_from_the_other_device(
    monkeypatch: pytest.MonkeyPatch, library: ctypes.CDLL
) -> None:
    renderer = module_with(monkeypatch, fake_cupy(library)).CudaRenderer()
    scenes, palettes = zip(*(scene_of_golden(case) for case in CASES), strict=True)
    for scene in (scenes[7], scenes[0], scenes[8]):  # small, large, small
        drawn = np.zeros((scene.height, scene.width), dtype=np.uint8)
        renderer.draw(scene, drawn)
        assert np.array_equal(drawn, by_reference(scene))
    few, colours = (scenes[7:9] * 50), (palettes[7:9] * 50)  # two batches, one on each stream
    expected = CppRenderer(library).draw_many_encoded(few, colours)
    assert renderer.draw_many_encoded(few, colours) == expected


@pytest.mark.parametrize(
    ("fault", "value", "why"),
    [
        ((fake_cupy_module.Stream, "lost"), True, "CUDARuntimeError: cudaErrorDeviceUnavailable"),
        ((fake_cupy_module.Memory, "most"), 4096, "OutOfMemoryError: Out of memory allocating"),
    ],
)
def test_a_card_lost_or_full_misses_no_chart(
    monkeypatch: pytest.MonkeyPatch,
    library: ctypes.CDLL,
    fault: tuple[type, str],
    value: object,
    why: str,
) -> None:
    module = module_with(monkeypatch, fake_cupy(library))
    jobs = varied_charts(3, 8, wide=False)
    expected = draw_charts(jobs, CpuRenderer())
    scene = scene_of_golden(CASES[0])[0]
    with only({"cuda": module.CudaRenderer, "cpu": CpuRenderer}):
        single, many = (ResilientRenderer(choose("cuda")) for _ in range(2))
        assert draw_charts(jobs[:1], many) != expected[:1]  # the card's codes are its own
        monkeypatch.setattr(*fault, value)
        drawn = np.zeros((scene.height, scene.width), dtype=np.uint8)
        if "lost" in fault[1]:
            single.draw(scene, drawn)
            assert np.array_equal(drawn, by_reference(scene))
            assert (single.name, why in single.reasons[-1]) == ("cpu", True)
        assert draw_charts(jobs, many) == expected
        assert (many.name, why in many.reasons[-1]) == ("cpu", True)
        state = available_renderers()["cuda"]
        assert (str(state.state), why in state.reason) == ("given up", True)


def test_no_driver_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    module = module_with(monkeypatch, fake_cupy(None))
    with pytest.raises(
        RendererUnavailable, match=r"no CUDA device is there \(cudaErrorInsufficientDriver\)"
    ):
        module.CudaRenderer()


def test_a_compiler_that_fails_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, library: ctypes.CDLL
) -> None:
    def broken(**_: object) -> None:
        raise OSError("libnvrtc.so.13 is missing")

    cupy = fake_cupy(library)
    cupy.RawModule = broken
    module = module_with(monkeypatch, cupy)
    with pytest.raises(RendererUnavailable, match=r"CuPy could not start \(libnvrtc\.so\.13"):
        module.CudaRenderer()


def test_the_card_is_named(monkeypatch: pytest.MonkeyPatch, library: ctypes.CDLL) -> None:
    module = module_with(monkeypatch, fake_cupy(library))
    assert module.device_name() == "Processor, driver for CUDA 13.0, CuPy 0"
