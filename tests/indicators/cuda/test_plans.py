"""The CUDA kernels, compiled as C++, against the processor's batch form."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import many
from indicators.batch import compute
from indicators.cuda.plans import KERNELS, PLANS, run_plan, source
from indicators.errors import BadValues, NoDevice
from indicators.many import compute_many
from indicators.parts import F64
from indicators.registry import INDICATORS, find
from indicators.spec import Indicator
from tests.indicators.cuda.host_device import HostDevice
from tests.indicators.test_stream import settings_of

WINDOWED = {"sma", "wma", "hma", "stdev", "bollinger"}


def walks(symbols: int, bars: int, seed: int) -> F64:
    """Prices of every size; some symbols begin late, with NaN."""
    random = np.random.default_rng(seed)
    scale = 10.0 ** random.integers(-9, 12, (symbols, 1))
    steps = np.cumsum(random.normal(0, 0.01, (symbols, bars)), axis=1)
    closes: F64 = np.asarray(scale * np.exp(steps), np.float64)
    late = random.integers(-5, max(bars // 2, 1), symbols)
    for row, start in zip(closes, late, strict=True):
        row[: max(start, 0)] = np.nan
    return closes


def expected_rows(indicator: Indicator, closes: F64, chosen: dict[str, float]) -> F64:
    """The batch form, symbol by symbol: (outputs, symbols, bars)."""
    rows = [list(compute(indicator, {"close": row}, chosen).values()) for row in closes]
    return np.array(rows).reshape(len(closes), -1, closes.shape[1]).swapaxes(0, 1)


@pytest.mark.parametrize("key", PLANS)
@settings(max_examples=20)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), order=st.sampled_from([0, 1, 7919]))
def test_kernels_equal_the_batch_form(
    library: ctypes.CDLL, key: str, data: st.DataObject, seed: int, order: int
) -> None:
    """Windows to the last bit; what remembers everything to 1e-12 of the largest price."""
    indicator = find(key)
    chosen = data.draw(settings_of(indicator))
    closes = walks(data.draw(st.integers(1, 9)), data.draw(st.integers(1, 70)), seed)
    values = indicator.values(chosen)
    found = np.array(run_plan(HostDevice(library, order), key, closes, values))
    expected = expected_rows(indicator, closes, chosen)
    if key in WINDOWED:
        np.testing.assert_array_equal(found, expected)
    for symbol, row in enumerate(closes):
        size = 100.0 if key == "rsi" else np.nanmax(row, initial=0.0)
        np.testing.assert_allclose(found[:, symbol], expected[:, symbol], rtol=0, atol=1e-12 * size)


@pytest.mark.parametrize("key", PLANS)
def test_default_lengths_over_many_bars(library: ctypes.CDLL, key: str) -> None:
    indicator, closes = find(key), walks(40, 400, 3)
    found = np.array(run_plan(HostDevice(library), key, closes, indicator.values({})))
    expected = expected_rows(indicator, closes, {})
    assert np.isfinite(found).sum() > 1_000
    size = 100.0 if key == "rsi" else np.nanmax(closes, axis=1, initial=0.0)[None, :, None]
    np.testing.assert_allclose(found / size, expected / size, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (3, 0), (0, 5)])
def test_odd_shapes(library: ctypes.CDLL, shape: tuple[int, int]) -> None:
    for key in PLANS:
        rows = run_plan(HostDevice(library), key, np.ones(shape), find(key).values({}))
        assert {row.shape for row in rows} == {shape}
        assert np.isnan(rows).all()


def test_nvidias_compiler_takes_the_same_text(tmp_path: Path) -> None:
    compiler = shutil.which("nvcc")
    if compiler is None:
        pytest.skip("no nvcc: whether NVIDIA's compiler takes the kernels was not tried")
    text, out = tmp_path / "kernels.cu", tmp_path / "kernels.ptx"
    text.write_text(source())
    command = [compiler, "-std=c++17", "--fmad=false", "-arch=sm_90", "-ptx", "-o", str(out)]
    done = subprocess.run([*command, str(text)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f".entry {kernel}(" in out.read_text() for kernel in KERNELS)


@pytest.mark.kernel
@pytest.mark.parametrize("key", INDICATORS)
def test_on_the_processor_each_row_is_the_batch_form(key: str) -> None:
    random, indicator = np.random.default_rng(5), find(key)
    low = 50.0 + random.random((4, 90))
    columns = {"low": low, "high": low + random.random((4, 90)), "volume": random.random((4, 90))}
    columns["close"] = (columns["high"] + low) / 2
    columns["time_ns"] = np.tile(np.arange(90) * 3_600_000_000_000, (4, 1))
    for late in (False, True):
        if late:
            columns["close"][2, :11] = np.nan
        found = compute_many(indicator, columns, {}, device="cpu")
        for name, rows in compute_many(indicator, columns, {}, "cpu", threads=2).items():
            np.testing.assert_array_equal(rows, found[name])
        for symbol in range(4):
            row = {name: table[symbol] for name, table in columns.items()}
            for name, expected in compute(indicator, row, {}).items():
                np.testing.assert_array_equal(found[name][symbol], expected)


def test_the_card_is_taken_where_it_is_there(
    library: ctypes.CDLL, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes, device = walks(5, 60, 1), HostDevice(library)
    asked: list[str] = []

    def run(_: object, key: str, *rest: F64) -> list[F64]:
        asked.append(key)
        return run_plan(device, key, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(many, "_found", lambda: device)
    monkeypatch.setattr(many, "run_plan", run)
    on_card = compute_many(find("bollinger"), {"close": closes}, {"period": 7})
    for name, rows in compute_many(
        find("bollinger"), {"close": closes}, {"period": 7}, "cpu"
    ).items():
        np.testing.assert_array_equal(on_card[name], rows)
    compute_many(find("roc"), {"close": closes}, {})
    assert asked == ["bollinger"]
    closes[3, 40] = np.nan
    with pytest.raises(BadValues, match="close 40 was nan"):
        compute_many(find("sma"), {"close": closes}, {})


def test_without_a_card_auto_is_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_found", lambda: "no CUDA device is there")
    closes = walks(2, 30, 1)
    assert compute_many(find("sma"), {"close": closes}, {})["sma"].shape == (2, 30)
    with pytest.raises(NoDevice, match="no CUDA device is there"):
        compute_many(find("sma"), {"close": closes}, {}, device="cuda")
    with pytest.raises(NoDevice, match="cci has no CUDA form; allowed are sma, ema, "):
        compute_many(find("cci"), dict.fromkeys(("high", "low", "close"), closes), {}, "cuda")


def test_bad_input_gets_a_sentence() -> None:
    with pytest.raises(NoDevice, match="device was 'gpu'; allowed are auto, cpu, cuda"):
        compute_many(find("sma"), {"close": np.ones((2, 3))}, {}, device="gpu")
    with pytest.raises(BadValues, match=r"close had shape \(3,\); allowed is \(symbols, bars\)"):
        compute_many(find("sma"), {"close": np.ones(3)}, {}, device="cpu")
    with pytest.raises(BadValues, match="sma needs close; it was not given"):
        compute_many(find("sma"), {}, {}, device="cpu")
    with pytest.raises(BadValues, match=r"shapes were close \(2, 3\), volume \(2, 4\); allowed"):
        compute_many(find("obv"), {"close": np.ones((2, 3)), "volume": np.ones((2, 4))}, {})
