"""Many charts drawn and encoded at once on a CUDA device: the kernels' source, what they are told,
and the order in which they run. No module here imports CuPy.
"""
