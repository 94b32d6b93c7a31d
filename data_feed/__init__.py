"""Market data from a venue, the simulator or a recording: parsers, the socket loop, history."""
