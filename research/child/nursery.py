"""The parent's side of the template: starts it, has children forked, ends them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from research.child.limits import Limits
from research.errors import ChildUnavailable

__all__ = ["Nursery"]

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = (
    "HOME", "LANG", "LD_LIBRARY_PATH", "NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "PATH",
    "PYTHONHOME", "PYTHONPATH", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV",
)  # fmt: skip
"""All that the children see of our environment: no password is among these."""
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""A process is forked safely while it has one thread."""
START_S = 600.0  # the first one ever waits for the compiler
ORDER_S = 20.0


class Nursery:
    """One template process, started when it is first needed and again should it have ended.

    Any thread may call.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def warm(self) -> None:
        """Start the template unless it runs; raises :class:`ChildUnavailable`."""
        with self._lock:
            self._ready()

    def start(self, limits: Limits) -> tuple[int, socket.socket, int]:
        """A new child: its process id, the socket to talk to it, the pipe with what it prints.

        Raises :class:`ChildUnavailable`.
        """
        ours, theirs = socket.socketpair()
        out, printed = os.pipe()
        order = {"start": {"memory": limits.memory}}
        try:
            with self._lock:
                told = self._order(order, [theirs.fileno(), printed])
        except BaseException:
            ours.close()
            os.close(out)
            raise
        finally:
            theirs.close()
            os.close(printed)
        return int(told["pid"]), ours, out

    def end(self, pid: int) -> int | None:
        """Kill a child and all that it started; its exit status, None when nobody knows it."""
        with self._lock:
            if self._control is None:
                return None
            with contextlib.suppress(ChildUnavailable):  # then its children ended with it
                status: int | None = self._order({"end": pid}, [])["status"]
                return status
            return None

    def close(self) -> None:
        """End the template and every child; nothing is started any more."""
        with self._lock:
            self._closed = True
            self._drop()

    def _order(self, order: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        control = self._ready()
        try:
            socket.send_fds(control, [json.dumps(order).encode()], descriptors)
            answer: dict[str, Any] = json.loads(_line(control))
        except (OSError, ValueError) as error:
            self._drop()
            raise ChildUnavailable(f"The process for strategies ended: {error}.") from None
        return answer

    def _ready(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._drop()
        if self._closed:  # a page asked while the program ends: nobody would end what it started
            raise ChildUnavailable("The processes for strategies have been closed.")
        if not hasattr(os, "fork"):
            raise ChildUnavailable(
                "Users' strategies and event strategies run in processes of their own, for which "
                "this system has no fork(): use Linux, macOS or WSL."
            )
        ours, theirs = socket.socketpair()
        self._control = ours
        ours.settimeout(START_S)
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "research.child.template", str(theirs.fileno())],
                    cwd=_ROOT, env=_environment(), pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
                )  # fmt: skip
            _line(ours)
        except (OSError, ValueError) as error:
            self._drop()
            raise ChildUnavailable(
                f"No process for strategies could be started: {error}."
            ) from None
        ours.settimeout(ORDER_S)
        return ours

    def _drop(self) -> None:
        control, process = self._control, self._process
        self._control = self._process = None
        if control is not None:
            control.close()
        if process is not None:
            try:
                process.wait(ORDER_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _line(control: socket.socket) -> bytes:
    """One answer; raises ``ConnectionError`` when there is nobody left to give one."""
    text = b""
    while not text.endswith(b"\n"):
        piece = control.recv(4096)
        if not piece:
            raise ConnectionError("it closed its socket")
        text += piece
    return text


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    local = {name: value for name, value in os.environ.items() if name.startswith("LC_")}
    return {**kept, **local, **_ONE_THREAD}
