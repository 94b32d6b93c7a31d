"""Tests of the chart package."""
