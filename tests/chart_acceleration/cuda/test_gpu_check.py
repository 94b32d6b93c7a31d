"""`make gpu-check` without a card, and its report with the processor in the card's place."""

import ctypes
from pathlib import Path
from typing import Any

import pytest

from benchmarks import gpu_check, gpu_indicators
from benchmarks.harness import Row, measure
from chart_acceleration.errors import RendererUnavailable
from chart_acceleration.renderers.auto import RendererChoice
from chart_acceleration.scene import U8, Rect, Scene
from tests.chart_acceleration.cuda.host_device import CppRenderer


class Blurred(CppRenderer):
    """Draws one pixel wrongly."""

    def draw(self, scene: Scene, pixels: U8, clip: Rect | None = None) -> None:
        super().draw(scene, pixels, clip)
        pixels[0, 0] ^= 1


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Few small charts, few runs; the path of the result."""

    def quickly(*arguments: Any, runs: int) -> Row:
        return measure(*arguments, runs=2, warm_up=1)

    result = tmp_path / "gpu.md"
    settings = {
        "RESULT": result,
        "COUNTS": (1, 3),
        "DIFFERENT": 2,
        "VARIED": 1,
        "WIDTH": 200,
        "HEIGHT": 120,
    }
    for name, value in {**settings, "BARS": 30, "measure": quickly}.items():
        monkeypatch.setattr(gpu_check, name, value)
    monkeypatch.setattr(gpu_check, "_card_name", lambda: "this processor")
    return result


def put_in_place(monkeypatch: pytest.MonkeyPatch, card: CppRenderer) -> None:
    monkeypatch.setattr(gpu_check, "choose", lambda _: RendererChoice(card, "cuda", ()))


def test_without_a_device_it_is_one_sentence_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small: Path
) -> None:
    def refuse(_: str) -> RendererChoice:
        raise RendererUnavailable("cuda", "no CUDA device is there", ())

    monkeypatch.setattr(gpu_check, "choose", refuse)
    assert gpu_check.main() == 2
    assert capsys.readouterr().err == ("gpu-check: nothing was measured: no CUDA device is there\n")
    assert not small.exists()


def test_the_report_names_the_machine_the_times_and_the_bytes(
    monkeypatch: pytest.MonkeyPatch, library: ctypes.CDLL, small: Path
) -> None:
    put_in_place(monkeypatch, CppRenderer(library))
    assert gpu_check.main() == 0
    text = small.read_text(encoding="utf-8")
    assert "on this processor; " in text
    assert "200 x 120, 30 candles" in text
    starts = (
        "| cuda, drawn and encoded | 1 |", "| cuda, drawn and encoded | 3 |", "| cpu, ",
        "| cuda, laid out too | 2 |", "| one trade to the patch's bytes | 1 |",
        "| one trade to the whole frame's bytes | 1 |", "| the same, encoded on the card | 1 |",
    )  # fmt: skip
    for start in starts:
        assert sum(line.startswith(start) for line in text.splitlines()) == 1
    assert "Indicators were not measured: " in text
    assert "All 4 charts equal the reference" in text


def test_indicators_are_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("sma, 500 symbols of 1,000 bars: cuda", 0.5, 0.4, 0.75, 30, note="at most 0 apart")
    monkeypatch.setattr(gpu_indicators, "report", lambda: [row])
    assert gpu_check._indicators().splitlines()[-1] == (
        "| sma, 500 symbols of 1,000 bars: cuda | 0.500 | 0.400 – 0.750 | at most 0 apart |"
    )


def test_a_wrong_pixel_is_code_1_and_no_report(
    monkeypatch: pytest.MonkeyPatch, library: ctypes.CDLL, small: Path
) -> None:
    put_in_place(monkeypatch, Blurred(library))
    assert gpu_check.main() == 1
    assert not small.exists()
