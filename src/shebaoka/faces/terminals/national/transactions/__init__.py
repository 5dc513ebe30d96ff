"""The transactions that this interface offers, by code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shebaoka.faces.terminals.national.acting import Transaction
from shebaoka.faces.terminals.national.transactions import (
    clinic,
    guests,
    person,
    pharmacy,
    querying,
    reconciling,
    referring,
    reversing,
    signing,
    stay,
)

TRANSACTIONS: Final[Mapping[str, Transaction]] = MappingProxyType(
    dict(
        (
            *person.ALL, *pharmacy.ALL, *clinic.ALL, *stay.ALL, *referring.ALL, *reversing.ALL, *reconciling.ALL,
            *querying.ALL, *signing.ALL,
        )
    )
)  # fmt: skip
OF_GUESTS: Final[Mapping[str, Transaction]] = MappingProxyType(dict(TRANSACTIONS) | dict(guests.ALL))
"""The same for people insured in another province."""
