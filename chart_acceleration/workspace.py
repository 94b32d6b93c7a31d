"""What a thread keeps from picture to picture."""

import threading

from chart_acceleration.framebuffer import FramebufferPool
from chart_acceleration.ops import LayoutBuffers


class Workspace(threading.local):
    """Each thread's buffers and frames."""

    def __init__(self) -> None:
        self.buffers = LayoutBuffers()
        self.frames = FramebufferPool()
