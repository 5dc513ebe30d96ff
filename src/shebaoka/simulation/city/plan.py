"""The numbers and words that the city is built from: read from the files beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Plan:
    """Shares and words as in the TOML files; districts (code, name_zh, name_en, people), streets (code, name), banks."""

    shares: dict[str, Any]
    words: dict[str, Any]
    districts: pl.DataFrame
    streets: pl.DataFrame
    banks: pl.DataFrame


@cache
def plan() -> Plan:
    """Read the plan; this function will read the files once."""
    return Plan(
        _toml("shares.toml"), _toml("words.toml"), *map(_table, ("districts.csv", "streets.csv", "banks.csv"))
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_text(name))


def _table(name: str) -> pl.DataFrame:
    return pl.read_csv(_text(name).encode(), schema_overrides={"code": pl.String})


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
