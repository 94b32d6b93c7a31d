import asyncio
import re
import socket
import sys

import pytest
from websockets.asyncio.client import connect

from data_feed.simulator.__main__ import main
from data_feed.simulator.faults import LINE_KINDS, REST_KINDS


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


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--fault", "drop=2"], "allowed are KIND=PROBABILITY"),
        (["--regime", "boom"], "'normal', 'steady', 'trend', 'burst', 'crash'"),
        (["--rate", "0"], "allowed are up to 100000"),
        (["--rate", "x"], "it was 'x'; allowed"),
    ],
)
def test_bad_options_are_refused(
    options: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", *options])
    with pytest.raises(SystemExit) as exit_info:
        main()
    assert exit_info.value.code == 2
    assert told in capsys.readouterr().err


def test_help_lists_every_kind_of_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["simulator", "--help"])
    with pytest.raises(SystemExit):
        main()
    told = capsys.readouterr().out
    assert all(kind in told for kind in (*LINE_KINDS, *REST_KINDS, "--rate", "--seed", "--port"))


async def test_faults_are_carried_out_and_said() -> None:
    options = ("-m", "data_feed.simulator", "--symbols", "LTC-USD", "--fault", "duplicate=1")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *options, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(15):
            said = ""
            while (found := re.search(r"feed (ws://127\.0\.0\.1:\d+), REST http://", said)) is None:
                said += (await process.stderr.readline()).decode()
            assert said.startswith("with faults: duplicate=1\n")
            async with connect(found.group(1)) as client:
                await client.send(
                    '{"type":"subscribe","product_ids":["LTC-USD"],"channels":["ticker"]}'
                )
                assert await client.recv() == await client.recv()
    finally:
        process.kill()
        await process.wait()


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
