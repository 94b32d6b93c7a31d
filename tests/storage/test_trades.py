"""Trades in Parquet: batches, merges, damage, files of others, and while a market runs."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.market import Market
from market.types import DAY, SECOND, Side, Symbol, Trade
from storage.__main__ import main
from storage.errors import BadImport, FileDamaged, StorageError
from storage.trade_columns import TradeColumns, from_trades, joined
from storage.trade_files import export_trades, read_trades
from storage.trade_keeper import TradeKeeper
from storage.trade_store import FILES, TradeStore

BTC = Symbol("BTC-USD")
START = 20_000 * DAY  # 2024-10-04


def trade(number: int, time_ns: int | None = None) -> Trade:
    random = Random(number)
    price, size = random.randrange(1, 10**6) / 100, random.random() + 1e-9
    when = START + number * SECOND + random.randrange(SECOND) if time_ns is None else time_ns
    return Trade(BTC, number, when, price, size, random.choice(list(Side)))


def columns(numbers: list[int]) -> TradeColumns:
    return from_trades([trade(number) for number in numbers])


def rows(trades: TradeColumns) -> list[tuple[object, ...]]:
    return list(zip(*(column.tolist() for column in trades), strict=True))


def expected(numbers: set[int]) -> list[tuple[object, ...]]:
    return rows(columns(sorted(numbers)))


@settings(deadline=None, max_examples=20)
@given(batches=st.lists(st.lists(st.integers(1, 60), min_size=1, max_size=9), max_size=40))
def test_every_trade_comes_back_once(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    store = TradeStore(tmp_path_factory.mktemp("store"), "x")
    for batch in batches:
        store.add(BTC, columns(batch))
    given_ids = {number for batch in batches for number in batch}
    assert rows(store.read(BTC, "2024-10-04")) == expected(given_ids)
    files = list((store.folder / BTC).glob("*"))
    assert len(files) < FILES + 2
    store.merge_day(BTC, "2024-10-04")
    assert len(list((store.folder / BTC).glob("*"))) == bool(batches)
    assert rows(store.read(BTC, "2024-10-04")) == expected(given_ids)


def test_a_batch_over_midnight_lies_in_two_days(tmp_path: Path) -> None:
    store = TradeStore(tmp_path, "x")
    late, early = trade(1, START + DAY - 1), trade(2, START + DAY)
    store.add(BTC, from_trades([early, late]))
    assert store.days(BTC) == ["2024-10-04", "2024-10-05"]
    assert store.read(BTC, "2024-10-04").trade_id.tolist() == [1]
    assert store.read(BTC, "2024-10-05").time.tolist() == [START + DAY]
    assert store.symbols() == [BTC]
    assert store.bytes_of(BTC, "2024-10-05") > 100


def test_a_damaged_file_costs_its_batch_alone(tmp_path: Path) -> None:
    told: list[StorageError] = []
    store = TradeStore(tmp_path, "x", told.append)
    for number in (1, 2, 3):
        store.add(BTC, columns([number]))
    second = sorted((store.folder / BTC).iterdir())[1]
    data = bytearray(second.read_bytes())
    data[len(data) // 3] ^= 1
    second.write_bytes(data)
    assert store.read(BTC, "2024-10-04").trade_id.tolist() == [1, 3]
    assert [type(error) for error in told] == [FileDamaged]
    store.add(BTC, columns([4]))
    store.merge_day(BTC, "2024-10-04")
    assert store.read(BTC, "2024-10-04").trade_id.tolist() == [1, 3, 4]
    assert [path.name for path in (store.folder / BTC).glob("*.damaged-*")] == [
        f"{second.name}.damaged-1"
    ]


def test_a_merge_that_was_cut_off_does_no_harm(tmp_path: Path) -> None:
    store = TradeStore(tmp_path, "x")
    store.add(BTC, columns([1, 2]))
    store.add(BTC, columns([3]))
    kept = {path: path.read_bytes() for path in (store.folder / BTC).iterdir()}
    store.merge_day(BTC, "2024-10-04")
    for path, data in kept.items():  # as if the process had ended before it removed them
        path.write_bytes(data)
    assert rows(store.read(BTC, "2024-10-04")) == expected({1, 2, 3})
    store.merge_day(BTC, "2024-10-04")
    assert rows(store.read(BTC, "2024-10-04")) == expected({1, 2, 3})
    assert len(list((store.folder / BTC).iterdir())) == 1


def test_no_name_of_a_day_is_given_twice(tmp_path: Path) -> None:
    store, names = TradeStore(tmp_path, "x"), set[str]()
    for number in range(100):
        before = {path.name for path in (store.folder / BTC).glob("*")}
        store.add(BTC, columns([number]))
        if number % 40 == 39:
            store.merge_day(BTC, "2024-10-04")
        new = {path.name for path in (store.folder / BTC).glob("*")} - before
        assert new.isdisjoint(names)
        names |= new
    assert store.read(BTC, "2024-10-04").number == 100


def test_reading_while_files_are_merged_loses_nothing(tmp_path: Path) -> None:
    store = TradeStore(tmp_path, "x")
    store.add(BTC, columns([0]))
    done = threading.Event()

    def write() -> None:
        for number in range(1, 80):
            store.add(BTC, columns([number]))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        seen = store.read(BTC, "2024-10-04").trade_id.tolist()
        assert seen == list(range(len(seen)))
        assert seen
    writer.join()
    assert store.read(BTC, "2024-10-04").number == 80


def test_the_keeper_stores_live_and_filled_trades_by_batches(tmp_path: Path) -> None:
    store, live = TradeStore(tmp_path, "x"), [True]
    keeper = TradeKeeper(store, lambda: live[0])
    market = Market([BTC])
    market.keep(keeper.keep)
    market.apply(trade(5), 1)
    market.apply(trade(5), 2)
    market.fill(trade(4))
    assert keeper.save() == 2
    assert keeper.save() == 0
    live[0] = False
    market.apply(trade(6), 3)
    live[0] = True
    market.apply(trade(7), 4)
    keeper.stop()
    assert keeper.save() == 1
    keeper.stop()
    assert rows(store.read(BTC, "2024-10-04")) == expected({4, 5, 7})


def test_a_batch_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    keeper = TradeKeeper(TradeStore(tmp_path, "x"), lambda: True)
    (tmp_path / "trades").write_text("in the way")
    keeper.keep(trade(1))
    with pytest.raises(StorageError):
        keeper.save()
    keeper.keep(trade(2))
    (tmp_path / "trades").unlink()
    assert keeper.save() == 2
    assert TradeStore(tmp_path, "x").read(BTC, "2024-10-04").trade_id.tolist() == [1, 2]
    keeper.stop()


def test_yesterday_becomes_one_file(tmp_path: Path) -> None:
    store = TradeStore(tmp_path, "x")
    keeper = TradeKeeper(store, lambda: True)
    for number in (1, 2):
        keeper.keep(trade(number))
        keeper.save()
    keeper.keep(trade(3, START + DAY))
    keeper.save()
    keeper.stop()
    assert len(list((store.folder / BTC).glob("2024-10-04.*"))) == 1
    assert store.read(BTC, "2024-10-04").trade_id.tolist() == [1, 2]


KILLED = """
import sys, time
from pathlib import Path
from storage.trade_keeper import TradeKeeper
from storage.trade_store import TradeStore
from tests.storage.test_trades import trade
keeper = TradeKeeper(TradeStore(Path(sys.argv[1]), "x"), lambda: True, every_s=0.05)
keeper.start()
number = 0
while True:
    number += 1
    keeper.keep(trade(number))
    print(number, flush=True)
    time.sleep(0.002)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX")
def test_a_killed_process_loses_the_last_batch_at_most(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 600:
            continue
        os.kill(process.pid, signal.SIGKILL)
    stored = TradeStore(tmp_path, "x").read(BTC, "2024-10-04").trade_id.tolist()
    assert stored == list(range(1, len(stored) + 1))
    assert len(stored) > 300


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_in_and_out_by_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    trades = columns(list(range(1, 200)))
    export_trades(tmp_path / name, trades)
    where = ["--store", str(tmp_path), "--symbol", BTC, "--trades"]
    assert main(["import", str(tmp_path / name), *where]) == 0
    assert main(["import", str(tmp_path / name), *where]) == 0  # again: each id once
    assert rows(TradeStore(tmp_path, "coinbase").read(BTC, "2024-10-04")) == rows(trades)
    assert main(["export", str(tmp_path / "again.csv"), *where]) == 0
    assert rows(read_trades(tmp_path / "again.csv")) == rows(trades)
    assert capsys.readouterr().out.splitlines() == [
        "199 trades of BTC-USD imported",
        "199 trades of BTC-USD imported",
        "199 trades of BTC-USD exported",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "id,price,qty,quoteQty,time,isBuyerMaker\n2,10.5,1,10.5,1728000001000,true\n"
        "1,10,2,20,1728000000000,False\n",
        "2,10.5,1,10.5,1728000001000,True,True\n1,10,2,20,1728000000000,False,True\n",
        "2,10.5,1,9,9,1728000001000,true,true\n1,10,2,8,8,1728000000000,false,true\n",
        "Trade ID;Timestamp;Side;Price;Amount\n1;2024-10-04T00:00:00Z;buy;10;2\n"
        "2;2024-10-04T00:00:01Z;SELL;10.5;1\n",
    ],
)
def test_columns_of_others_are_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trades.csv"
    path.write_text(text)
    assert rows(read_trades(path)) == [
        (1_728_000_000 * SECOND, 10.0, 2.0, 1, 1),
        (1_728_000_001 * SECOND, 10.5, 1.0, -1, 2),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("time,price,size\n1,2,3\n", "found none for trade_id, side"),
        ("1,2,3\n", "line 1: its columns are 1, 2, 3; found none for time"),
        ("time,price,size,side,trade_id\n", "it holds no trade"),
        ("", "it holds no trade"),
        ("{HEAD}1728000000,10,1,buy,1\n1728000001,x,1,buy,2\n", "line 3: price was 'x'; a number"),
        ("{HEAD}1728000000,10,1,up,1\n", "line 2: side was 'up'; allowed are buy"),
        ("{HEAD}1728000000,10,1,buy,1.5\n", "line 2: trade_id was '1.5'; a whole number"),
        ("{HEAD}1728000000,10,1,buy\n", "line 2: there are 4 columns where 5 belong"),
        ("{HEAD}noon,10,1,buy,1\n", "line 2: time was 'noon'"),
        ("{HEAD}1728000000,0,1,buy,1\n", "line 2: the price or the size is not above 0"),
        ("{HEAD}1728000000,nan,1,buy,1\n", "line 2: the price or the size is no finite"),
        ("{HEAD}1728000000,1,1,buy,-1\n", "line 2: the trade id is below 0"),
        ("{HEAD}1728000000,1,1,buy,1\n1728000000,2,1,buy,1\n", "line 3: there is another trade 1"),
    ],
)
def test_what_is_wrong_names_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "trades.csv"
    path.write_text(text.replace("{HEAD}", "time,price,size,side,trade_id\n"))
    with pytest.raises(BadImport, match=sentence.replace("'", ".")):
        read_trades(path)


def test_a_parquet_file_is_refused_by_its_row(tmp_path: Path) -> None:
    trades = columns([1, 2, 3])
    trades.price[1] = -1
    export_trades(tmp_path / "a.parquet", trades)
    with pytest.raises(BadImport, match=r"a\.parquet, row 2: the price or the size is not above"):
        read_trades(tmp_path / "a.parquet")


def test_nothing_joined_is_nothing() -> None:
    assert joined([]).number == 0
    assert np.array_equal(joined([columns([3]), columns([3, 1])]).trade_id, [1, 3])
