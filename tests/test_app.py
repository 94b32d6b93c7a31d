"""The program from the outside: what it says and how it ends."""

import os
import socket
import subprocess
import sys

from tests.conftest import ROOT


def test_taken_port_is_told_before_anything_is_compiled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "app.py", "--feed", "sim", "--port", str(port)],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        f"candlecast: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another with --host or --port"
    ]
