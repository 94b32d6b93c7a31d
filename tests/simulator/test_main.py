import asyncio
import re
import socket
import sys

import pytest
from websockets.asyncio.client import connect

from data_feed.simulator.__main__ import main


async def test_it_serves_until_it_is_terminated() -> None:
    options = ("-m", "data_feed.simulator", "--symbols", "LTC-USD", "--seed", "3")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *options, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    address = None
    try:
        async with asyncio.timeout(15):
            while address is None:
                line = (await process.stderr.readline()).decode()
                address = re.search(r"feed (ws://127\.0\.0\.1:\d+), REST http://", line)
            async with connect(address.group(1)) as client:
                await client.send(
                    '{"type":"subscribe","product_ids":["LTC-USD"],"channels":["ticker"]}'
                )
                assert '"subscriptions"' in str(await client.recv())
            process.terminate()
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("symbols", ["", "BTC-USD,bitcoin"])
def test_bad_symbols_are_refused(
    symbols: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", "--symbols", symbols])
    with pytest.raises(SystemExit) as exit_info:
        main()
    assert exit_info.value.code == 2
    assert "allowed are pairs like BTC-USD" in capsys.readouterr().err


def test_taken_port_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["s", "--port", str(port), "--symbols", "LTC-USD"])
        with pytest.raises(SystemExit) as exit_info:
            main()
    assert exit_info.value.code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err
