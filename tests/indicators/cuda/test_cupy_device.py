"""CuPy's part, with a CuPy that is NumPy and the kernels compiled as C++; on a real card: gpu."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from indicators import cuda
from indicators.cuda.plans import KERNELS, OPTIONS, PLANS, run_plan, source
from indicators.errors import NoDevice
from indicators.many import compute_many, cuda_device
from indicators.registry import find
from tests.indicators.cuda.host_device import HostDevice
from tests.indicators.cuda.test_plans import walks


def fake_cupy(library: ctypes.CDLL, devices: int) -> Any:
    """As much of the module as is used."""

    def raw_module(code: str, options: tuple[str, ...]) -> SimpleNamespace:
        assert (code, options) == (source(), OPTIONS)
        return SimpleNamespace(get_function=function)

    def function(name: str) -> Callable[..., None]:
        def launch(grid: tuple[int], block: tuple[int], arguments: tuple[Any, ...]) -> None:
            addresses = [buffer.ctypes.data for buffer in arguments[:6]]
            whole, scale = [int(number) for number in arguments[6:11]], float(arguments[11])
            assert [type(number) for number in arguments[6:]] == [np.int64] * 5 + [np.float64]
            library.run_grid(KERNELS.index(name), *grid, *block, 0, 1, *addresses, *whole, scale)

        return launch

    runtime = SimpleNamespace(getDeviceCount=lambda: devices)
    return SimpleNamespace(
        cuda=SimpleNamespace(runtime=runtime), RawModule=raw_module, asarray=np.asarray,
        asnumpy=np.asarray, ascontiguousarray=np.ascontiguousarray,
        empty_like=np.empty_like, zeros_like=np.zeros_like,
    )  # fmt: skip


@pytest.fixture
def load(
    library: ctypes.CDLL, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], ModuleType]]:
    """Imports the module anew, with so many devices."""
    name = "indicators.cuda.cupy_device"

    def loaded(devices: int) -> ModuleType:
        monkeypatch.setitem(sys.modules, "cupy", fake_cupy(library, devices))
        sys.modules.pop(name, None)
        vars(cuda).pop("cupy_device", None)
        from indicators.cuda import cupy_device

        return cupy_device

    yield loaded
    sys.modules.pop(name, None)


@pytest.mark.parametrize("key", PLANS)
def test_cupy_is_asked_for_what_the_plans_need(
    load: Callable[[int], ModuleType], library: ctypes.CDLL, key: str
) -> None:
    device, closes, values = load(1).open_device(), walks(7, 50, 2), find(key).values({})
    expected = run_plan(HostDevice(library), key, closes, values)
    np.testing.assert_array_equal(run_plan(device, key, closes, values), expected)


def test_no_device_is_said(load: Callable[[int], ModuleType]) -> None:
    with pytest.raises(NoDevice, match="no CUDA device is there"):
        load(0).open_device()


@pytest.mark.gpu
@pytest.mark.parametrize("key", PLANS)
def test_the_card_has_the_bits_of_the_kernels_as_cpp(library: ctypes.CDLL, key: str) -> None:
    try:
        device = cuda_device()
    except NoDevice as error:
        pytest.skip(str(error))
    closes, indicator = walks(300, 1_000, 6), find(key)
    expected = run_plan(HostDevice(library), key, closes, indicator.values({}))
    np.testing.assert_array_equal(run_plan(device, key, closes, indicator.values({})), expected)
    names = [output.name for output in indicator.outputs]
    found = compute_many(indicator, {"close": closes}, {}, device="cuda")
    np.testing.assert_array_equal([found[name] for name in names], expected)
