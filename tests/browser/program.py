"""The real program as a child process, on a free port of this machine."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SYMBOLS = "BTC-USD,ETH-USD,SOL-USD"
START_S = 300.0  # the first start on a machine compiles the kernels
STOP_S = 60.0  # a kernel that is being compiled is compiled to its end


class Program:
    """``python app.py``; its output goes to ``log``. Variables with the value "" are left out."""

    def __init__(self, log: Path, *arguments: str, **environment: str) -> None:
        self.log = log
        self.port = free_port()
        self._arguments = arguments
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, **environment: str) -> None:
        """Start it and wait until it answers; the port stays the same after :meth:`stop`."""
        self._environment.update(environment)
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("CANDLECAST_")
        }
        own = {
            "CANDLECAST_FEED": "sim",
            "CANDLECAST_SYMBOLS": SYMBOLS,
            "CANDLECAST_PORT": str(self.port),
            "CANDLECAST_STORE": "off",  # what this machine's user has stored is none of a test's
            **self._environment,
        }
        environment = inherited | {name: value for name, value in own.items() if value}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "app.py", *self._arguments],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + START_S
        while not self._answers():
            assert self._process is not None
            code = self._process.poll()
            assert code is None, f"the program ended with {code}:\n{self.output()}"
            assert time.monotonic() < end, f"no answer within {START_S:g} s:\n{self.output()}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def output(self) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def stop(self) -> int:
        """End it as a service manager would; its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process = None
        return code
