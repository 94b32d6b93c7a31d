"""Property tests have no deadline here: the first call of a kernel loads or compiles it."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
