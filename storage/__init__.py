"""What outlives the process: recordings of raw frames, and candles on disk."""
