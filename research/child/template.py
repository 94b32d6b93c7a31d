"""The process that children are forked from: everything imported, nothing of a user's in it.

``python -m research.child.template FD`` with one end of a socket pair as FD. It has one thread,
answers one line of JSON by one, and ends with whoever started it:

- ``{"start": {"memory": …}}``, with the child's end of a socket and the writing end of a pipe
  beside it: forks a child that reads one request from the socket and prints into the pipe.
  Answer: ``{"pid": …}``.
- ``{"end": pid}``: kills the child with all that it started. Answer: ``{"status": …}``, negative
  for a signal, else the exit code.
"""

import array
import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from research.child.running import run_request
from research.child.tasks import warm_up

SUBREAPER, PARENT_DEATH_SIGNAL = 36, 1
NICER = 5
ROUNDS = 50

Order = tuple[dict[str, Any], list[int]]


def main(descriptor: int) -> None:
    """Serve until the other end is closed."""
    control = socket.socket(fileno=descriptor)
    _tell_system(SUBREAPER, 1)  # what a child leaves behind becomes ours, to be ended
    for number in (signal.SIGINT, signal.SIGTERM):  # a Ctrl+C in the terminal is the parent's
        signal.signal(number, signal.SIG_IGN)
    warm_up()
    gc.freeze()
    running: set[int] = set()
    answer: dict[str, int | None]
    control.sendall(b"{}\n")
    while (order := _receive(control)) is not None:
        asked, descriptors = order
        if "start" in asked:
            pid = _start(control, asked["start"], descriptors)
            running.add(pid)
            answer = {"pid": pid}
        else:
            answer = {"status": _end(asked["end"], running)}
        control.sendall(json.dumps(answer).encode() + b"\n")
    for pid in list(running):
        _end(pid, running)


def _receive(control: socket.socket) -> Order | None:
    """One order, which always comes whole: orders are short and wait for their answers."""
    size = array.array("i").itemsize
    try:
        text, sent, _, _ = control.recvmsg(4096, socket.CMSG_SPACE(2 * size))
    except ConnectionError:
        return None
    descriptors = array.array("i")
    for level, kind, data in sent:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % size])
    return (json.loads(text), list(descriptors)) if text else None


def _start(control: socket.socket, limits: dict[str, Any], descriptors: list[int]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            _become_child(*descriptors)
            run_request(socket.socket(fileno=descriptors[0]), limits["memory"])
        finally:
            os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def _become_child(link: int, output: int) -> None:
    """A session of its own, no input, prints to ``output``; goes when the template goes."""
    os.setsid()
    _tell_system(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    for spare in {nothing, output} - {0, 1, 2, link}:
        os.close(spare)
    os.nice(NICER)


def _end(pid: int, running: set[int]) -> int | None:
    """Kill the child's process group and whatever else of it became ours; how it had ended.

    None for one that is not ours: the number may be somebody else's by now.
    """
    if pid not in running:
        return None
    running.discard(pid)
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for _ in range(ROUNDS):
        strays = _children() - running
        if not strays:
            break
        for stray in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(stray, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(stray, 0)
    return status


def _children() -> set[int]:
    """Our children, those included that were left to us; none where the system does not say."""
    try:
        return set(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))
    except OSError:
        return set()


def _tell_system(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
