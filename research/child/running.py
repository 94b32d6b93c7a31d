"""What happens inside a child: one request, its limits, one answer or one error."""

import contextlib
import resource
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indicators.errors import IndicatorError
from research.child.messages import Message, MessageReader, encode
from research.child.tasks import TASKS, Request
from research.errors import BadRecord
from research.user_strategies import located
from trading.errors import BadStrategy, TradingError

__all__ = ["run_request"]

MOST = 1 << 40
PIECE = 1 << 20
SPARE_MEMORY = 64 << 20
LONGEST = 2000


def run_request(link: socket.socket, memory: int) -> None:
    """Read one request, do it, send the answer or what went wrong."""
    reader = MessageReader(MOST)
    messages = (each for piece in _pieces(link) for each in reader.feed(piece))
    message = next(messages)

    def tell(tree: Any) -> None:
        link.sendall(encode(Message({"tell": tree})))

    try:
        _limit(memory)
        request = Request(
            message.tree["request"], message.arrays, tell, lambda: next(messages).tree
        )
        tree, arrays = TASKS[message.tree["task"]](request)
        told = encode(Message({"answer": tree}, arrays))
    except MemoryError:
        _more_memory()
        told = encode(Message({"memory": True}))
    except BaseException as error:  # noqa: BLE001 - SystemExit of a user's file is one of them
        _more_memory()
        told = encode(Message({"error": _described(error, message.tree.get("file"))}))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # whatever a user's file has put there
            stream.flush()
    link.sendall(told)


def _pieces(link: socket.socket) -> Iterator[bytes]:
    while piece := link.recv(PIECE):
        yield piece
    raise BadRecord("No request came.")


def _limit(memory: int) -> None:
    """The system's own limit: memory beyond what there is now; and no traces of a crash."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # a system that does not say holds no limit of this kind either
        return
    least = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (least + memory, least + memory + SPARE_MEMORY))


def _more_memory() -> None:
    """A little, to say what happened."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _described(error: BaseException, file: str | None) -> dict[str, Any]:
    """``reason``, with ``file`` and ``line`` where a user's file is to blame."""
    if file is None:
        ours = isinstance(error, TradingError | IndicatorError)
        return {"reason": (str(error) if ours else f"{type(error).__name__}: {error}")[:LONGEST]}
    if not (isinstance(error, BadStrategy) and error.file):
        error = located(error, Path(file))
    return {"reason": error.message[:LONGEST], "file": error.file, "line": error.line or None}
