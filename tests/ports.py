"""Ports for programs that are started by tests."""

import os
import random
import socket

FIRST, LAST = 20_000, 32_000
"""Below those that systems hand out by themselves: none of these is taken for an outgoing
connection between the choice and the start, or between a stop and the next start."""

_random = random.Random(os.urandom(8))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    while True:
        port = _random.randrange(FIRST, LAST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
