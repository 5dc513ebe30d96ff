"""The messages that this interface offers, by code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shebaoka.faces.terminals.shanghai.acting import Transaction
from shebaoka.faces.terminals.shanghai.transactions import after, clinic, lines, reading, stays

TRANSACTIONS: Final[Mapping[str, Transaction]] = MappingProxyType(
    dict((*reading.ALL, *clinic.ALL, *lines.ALL, *stays.ALL, *after.ALL))
)
