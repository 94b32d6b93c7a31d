"""A network between browser and program that can be slowed, frozen and cut."""

import asyncio
import threading
from contextlib import suppress


class Proxy:
    """Passes bytes to ``port`` of this machine. Usable from the test's thread."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = 0
        self.bytes_per_s = 0
        """Towards the browser, each connection; 0 for as many as come."""
        self._loop = asyncio.new_event_loop()
        self._flows, self._stop, self._opened = asyncio.Event(), asyncio.Event(), threading.Event()
        self._lines: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen on a free port."""
        self._thread.start()
        assert self._opened.wait(10)

    def stop(self) -> None:
        """Cut everything and listen no longer."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def freeze(self) -> None:
        """Connections stay, bytes do not pass: a network that is gone without a word."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def thaw(self) -> None:
        """What was held back passes."""
        self._loop.call_soon_threadsafe(self._flows.set)

    def cut(self) -> None:
        """End all connections."""
        self._loop.call_soon_threadsafe(lambda: [line.cancel() for line in self._lines])

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._flows.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._opened.set()
        await self._stop.wait()
        server.close()
        for line in self._lines:
            line.cancel()
        if self._lines:
            await asyncio.wait(self._lines)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(self._converse(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            writers.append(far_writer)
            ways = [self._pass(reader, far_writer, False), self._pass(far_reader, writer, True)]
            await asyncio.gather(*ways)
        except OSError:
            pass  # one side hung up: the other is told by the end of the line
        finally:
            for each in writers:
                each.transport.abort()
                with suppress(OSError):
                    await each.wait_closed()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, slow: bool
    ) -> None:
        while data := await reader.read(2048):
            await self._flows.wait()
            if slow and self.bytes_per_s:
                await asyncio.sleep(len(data) / self.bytes_per_s)
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
