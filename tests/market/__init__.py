"""Tests of the vocabulary, the columns and the candle builder."""
