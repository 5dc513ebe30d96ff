"""The messages as they are declared: dictionaries and field tables. Read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from shebaoka.records.messages.layouts import Node
from shebaoka.records.messages.tables import Message, read_tables

HERE: Final = Path(__file__).parent
DICTIONARIES: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads((HERE / "dictionaries.toml").read_text("utf-8"))  # fmt: skip
_ALL: Final = read_tables((HERE / "tables.txt").read_text("utf-8"), DICTIONARIES)
ENVELOPE: Final[Node] = _ALL["envelope"].asks
MESSAGES: Final[Mapping[str, Message]] = MappingProxyType(
    {code: message for code, message in _ALL.items() if code != "envelope"}
)
