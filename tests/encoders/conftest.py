"""Property tests of the encoder: a first call compiles, so no example has a deadline."""

from hypothesis import settings

settings.register_profile("encoders", deadline=None)
settings.load_profile("encoders")
