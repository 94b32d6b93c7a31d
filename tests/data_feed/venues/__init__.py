"""Tests of the venue parsers."""
