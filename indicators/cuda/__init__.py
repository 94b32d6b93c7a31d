"""Indicators of many symbols at once on a CUDA device. Only ``cupy_device`` imports CuPy."""
