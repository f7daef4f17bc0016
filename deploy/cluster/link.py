"""A network between two servers: it takes time, and it can be cut."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BLOCK = 1 << 16


class Link:
    """Passes on what comes to `port` to another port, `seconds` later in each direction."""

    def __init__(self, target: int, seconds: float = 0.0) -> None:
        self.target = target
        self.seconds = seconds
        self.port = 0
        self._is_open = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()

    @contextmanager
    def running(self) -> Iterator["Link"]:
        is_up = threading.Event()
        thread = threading.Thread(target=self._run, args=(is_up,), daemon=True)
        thread.start()
        is_up.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()

    def cut(self) -> None:
        """Hold back everything until `restore`, as when a switch fails; connections stay open."""
        self._loop.call_soon_threadsafe(self._is_open.clear)

    def restore(self) -> None:
        self._loop.call_soon_threadsafe(self._is_open.set)

    def lead_to(self, target: int) -> None:
        """Lead new connections elsewhere, and end the open ones."""
        self.target = target
        self._loop.call_soon_threadsafe(self._end_connections)

    def _end_connections(self) -> None:
        for writer in self._writers:
            writer.close()

    def _run(self, is_up: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._is_open.set()
        is_up.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            others_reader, others_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, others_writer}
        both = self._pass_on(reader, others_writer), self._pass_on(others_reader, writer)
        await asyncio.gather(*both, return_exceptions=True)
        self._writers -= {writer, others_writer}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while block := await reader.read(BLOCK):
                await asyncio.sleep(self.seconds)
                await self._is_open.wait()
                writer.write(block)
                await writer.drain()
        writer.close()
