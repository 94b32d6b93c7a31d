"""A cable between a program and its server that can be cut, and that can lose an answer."""

import socket
import threading
from contextlib import suppress

PIECE = 65_536


class Proxy:
    """Listens on :attr:`port` and passes everything on to ``target_port``, until told otherwise."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lose_after = b""
        self.lost = threading.Event()
        self._quiet = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def lose_answer_to(self, words: bytes) -> None:
        """Pass on the next request that holds ``words``; its answer is lost and the cable cut."""
        self._lose_after = words

    def keep_answer_to(self, words: bytes) -> None:
        """As before, but the cable is not cut: nothing comes or goes, and neither end is told."""
        self._quiet.set()
        self._lose_after = words

    def close(self) -> None:
        """Cut everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for pair in self._pairs:
            for end in pair:
                _cut(end)
        for thread in self._threads:
            thread.join(60)

    def _accept(self) -> None:
        while True:
            try:
                ours, _ = self._listener.accept()
            except OSError:
                return
            theirs = socket.create_connection(("127.0.0.1", self._target_port))
            self._pairs.append((ours, theirs))
            silent = threading.Event()
            for work in (self._requests, self._answers):
                thread = threading.Thread(target=work, args=(ours, theirs, silent))
                self._threads.append(thread)
                thread.start()

    def _requests(
        self, ours: socket.socket, theirs: socket.socket, silent: threading.Event
    ) -> None:
        with suppress(OSError):
            while piece := ours.recv(PIECE):
                if silent.is_set() and self._quiet.is_set():
                    continue
                if self._lose_after and self._lose_after in piece:
                    self._lose_after = b""
                    silent.set()
                theirs.sendall(piece)
        if not (silent.is_set() and self._quiet.is_set()):
            _cut(theirs)

    def _answers(self, ours: socket.socket, theirs: socket.socket, silent: threading.Event) -> None:
        with suppress(OSError):
            while piece := theirs.recv(PIECE):
                if not silent.is_set():
                    ours.sendall(piece)
                elif b"INSERT 0" in piece:  # the server has committed
                    self.lost.set()
                    if not self._quiet.is_set():
                        break
        _cut(ours)


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
