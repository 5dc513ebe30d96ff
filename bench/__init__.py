"""Measurements: `make bench` runs them all and writes docs/benchmarks.md. Never part of the tests."""
