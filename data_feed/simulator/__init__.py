"""An exchange on loopback: order books, seeded random traders, Coinbase Exchange's protocol.

Only ``server`` and ``client`` know sockets, and only ``server`` reads a clock. ``exchange`` is the
deterministic core; ``session``, ``publisher`` and ``rest`` are the protocol without I/O.
"""

from data_feed.simulator.products import DEFAULT_SYMBOLS
from data_feed.simulator.server import SimulatorServer

__all__ = ["DEFAULT_SYMBOLS", "SimulatorServer"]
