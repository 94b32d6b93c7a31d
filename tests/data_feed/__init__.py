"""Tests of parsers, recordings, the socket loop and the feed."""
