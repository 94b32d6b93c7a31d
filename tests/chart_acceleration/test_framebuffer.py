"""Frames that are used again."""

from chart_acceleration.framebuffer import Framebuffer, FramebufferPool


def test_a_frame_is_contiguous_rows() -> None:
    frame = Framebuffer(5, 3)
    assert frame.pixels.shape == (3, 5)
    assert frame.pixels.flags.c_contiguous


def test_the_same_size_is_the_same_frame() -> None:
    pool = FramebufferPool()
    assert pool.take(8, 4) is pool.take(8, 4)
    assert pool.take(4, 8) is not pool.take(8, 4)


def test_the_frame_used_longest_ago_goes_first() -> None:
    pool = FramebufferPool(max_bytes=200)
    first, second = pool.take(10, 10), pool.take(5, 10)
    assert pool.take(10, 10) is first
    pool.take(9, 10)
    assert pool.take(10, 10) is first
    assert pool.take(5, 10) is not second


def test_one_frame_larger_than_the_bound_is_kept() -> None:
    pool = FramebufferPool(max_bytes=10)
    assert pool.take(20, 20) is pool.take(20, 20)
