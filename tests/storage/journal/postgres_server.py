"""A PostgreSQL server of the tests' own, in a temporary folder on a free port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Literal

import pg8000.native
import pytest

USER, PASSWORD = "trader", "s3cret-word"
OPTIONS = "-c fsync={fsync} -c max_connections=30 -c shared_buffers=16MB -c log_statement=none"


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; None where PostgreSQL is not installed."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((path for path in folders if (path / "initdb").exists()), None)


class PostgresServer:
    """Started by :meth:`start`; refuses to run as root, so then it runs as another user."""

    def __init__(self, fsync: bool = False) -> None:
        folder = programs()
        if folder is None:
            pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        self._programs = folder
        self._options = OPTIONS.format(fsync="on" if fsync else "off")
        self._folder = Path(tempfile.mkdtemp(prefix="candlecast-postgres-"))
        self._user = _other_user() if os.geteuid() == 0 else None
        self._numbers = count(1)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._make()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self._folder} {self._options}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "-w", "-t", "60", "-D", self._data, "-l", log, "-o", options)

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it; ``immediate`` is what a power cut is to it."""
        self._run("pg_ctl", "stop", "-w", "-D", self._data, "-m", mode)

    def remove(self) -> None:
        """Stop it and leave nothing."""
        self._run("pg_ctl", "stop", "-w", "-D", self._data, "-m", "immediate", fine=(0, 1))
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"journal_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, database: str, port: int | None = None) -> str:
        """Of ``database``, through another ``port`` if there is something between."""
        return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}"

    def run(self, command: str, database: str = "postgres") -> list[list[object]]:
        """Rows of one command."""
        connection = pg8000.native.Connection(
            USER, "127.0.0.1", database, self.port, PASSWORD, timeout=20
        )
        try:
            rows: list[list[object]] = connection.run(command)
            return rows
        finally:
            connection.close()

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _make(self) -> None:
        word = self._folder / "word"
        word.write_text(PASSWORD)
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
            os.chown(word, owner.pw_uid, owner.pw_gid)
        how = ["-A", "scram-sha-256", "--pwfile", str(word), "-E", "UTF8", "--locale=C"]
        self._run("initdb", "--no-sync", "-U", USER, "-D", self._data, *how)

    def _run(self, program: str, *arguments: str, fine: tuple[int, ...] = (0,)) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
        assert done.returncode in fine, done.stderr


def _other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
