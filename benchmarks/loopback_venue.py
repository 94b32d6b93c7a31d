"""A venue on loopback whose trades carry the moment they were sent as their id.

``python -m benchmarks.loopback_venue COUNT`` prints its port, waits for a subscription, sends so
many trades of ``BTC-USD`` a thousand a second through the WebSocket server that the simulator uses,
and ends. The clock is the machine's monotonic one, which all its processes share.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime

from websockets.asyncio.server import ServerConnection, serve


def match_frame(time_text: str, trade_id: int) -> str:
    """A trade as the simulator writes it."""
    return (
        f'{{"type":"match","trade_id":{trade_id},'
        '"maker_order_id":"00000000-0000-4000-8000-000000000001",'
        '"taker_order_id":"00000000-0000-4000-8000-000000000002","side":"buy","size":"0.01250000",'
        f'"price":"60000.01","product_id":"BTC-USD","sequence":1,"time":"{time_text}"}}'
    )


async def _serve(count: int) -> None:
    finished = asyncio.Event()

    async def converse(connection: ServerConnection) -> None:
        await connection.recv()
        for _ in range(count):
            await asyncio.sleep(0.001)
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            await connection.send(match_frame(now, time.monotonic_ns()))
        await connection.wait_closed()
        finished.set()

    async with serve(converse, "127.0.0.1", 0, compression=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await finished.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
