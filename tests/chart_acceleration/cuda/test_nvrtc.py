"""NVRTC, the compiler that CuPy uses, takes the kernels' texts. It needs no card.

It knows fewer names than ``nvcc`` and ``g++`` do: no header is read.
"""

import ctypes
import ctypes.util
import sys
from pathlib import Path

import pytest

from chart_acceleration.cuda import program
from indicators.cuda import plans

OPTIONS = {"charts": program.OPTIONS, "indicators": plans.OPTIONS}
SOURCES = {"charts": program.source, "indicators": plans.source}


@pytest.fixture(scope="module")
def nvrtc() -> ctypes.CDLL:
    """The library of the system or of the package nvidia-cuda-nvrtc; skips by name without one."""
    packaged = [
        str(path)
        for folder in sys.path
        for path in sorted(Path(folder).glob("nvidia/*/lib/libnvrtc.so*"))
    ]
    for name in (ctypes.util.find_library("nvrtc"), *packaged):
        if name is not None:
            return ctypes.CDLL(name)
    pytest.skip("no libnvrtc: whether CuPy's compiler takes the kernels was not tried")


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
@pytest.mark.parametrize("name", SOURCES)
def test_it_takes_the_text(nvrtc: ctypes.CDLL, name: str, architecture: str) -> None:
    program_of = ctypes.c_void_p()
    text = SOURCES[name]().encode()
    assert nvrtc.nvrtcCreateProgram(ctypes.byref(program_of), text, b"k.cu", 0, None, None) == 0
    options = [option.encode() for option in (*OPTIONS[name], f"-arch={architecture}")]
    result = nvrtc.nvrtcCompileProgram(
        program_of, len(options), (ctypes.c_char_p * len(options))(*options)
    )
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program_of, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program_of, log)
    assert (result, log.value.decode()) == (0, "")
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program_of))
