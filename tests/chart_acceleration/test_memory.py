"""Memory that begins a cache line."""

import pytest

from chart_acceleration.framebuffer import Framebuffer
from chart_acceleration.memory import LINE, aligned_bytes


@pytest.mark.parametrize("size", [1, 63, 64, 65, 1000, 921_600])
def test_it_begins_a_line_and_is_zero(size: int) -> None:
    memory = aligned_bytes(size)
    assert memory.ctypes.data % LINE == 0
    assert memory.shape == (size,)
    assert not memory.any()


def test_so_do_frames() -> None:
    assert Framebuffer(37, 11).pixels.ctypes.data % LINE == 0
