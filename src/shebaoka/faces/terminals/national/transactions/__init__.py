"""The transactions that this interface offers, by code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shebaoka.faces.terminals.national.acting import Transaction
from shebaoka.faces.terminals.national.transactions import signing

TRANSACTIONS: Final[Mapping[str, Transaction]] = MappingProxyType(dict((*signing.ALL,)))
