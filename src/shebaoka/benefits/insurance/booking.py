"""How money of medical insurance moves between the ledger's accounts. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from shebaoka.benefits.insurance.reckoning import Reckoning
from shebaoka.ledger.model import Account, Line, moves
from shebaoka.registry.programme.model import Fund, Scheme

FUNDS: Final = MappingProxyType(
    {
        ("employee", "pooled"): Account.POOLED_FUND,
        ("employee", "supplementary"): Account.SUPPLEMENTARY_FUND,
        ("resident", "pooled"): Account.RESIDENT_FUND,
        ("resident", "supplementary"): Account.SUPPLEMENTARY_FUND,
    }
)
"""Which account a fund of a scheme is."""


def fund(scheme: Scheme, name: Fund) -> Account:
    """Give the account of a scheme's fund."""
    return FUNDS[scheme, name]


def bill_lines(
    scheme: Scheme, found: Reckoning, institution_id: int, owed: Account = Account.INSTITUTION
) -> tuple[Line, ...]:
    """Give the lines of a settled bill: funds and personal accounts come to owe it to the institution.

    Cash is between patient and institution and does not stand here; a bill that is all cash has no lines. `owed`: the account
    of whoever is owed it: another province's, where that has paid its hospital in advance.
    """
    return moves(
        (Account.PERSONAL_CURRENT, owed, int(found.current_account)),
        (Account.PERSONAL_HISTORIC, owed, int(found.historic_account)),
        (fund(scheme, "pooled"), owed, int(found.pooled)),
        (fund(scheme, "supplementary"), owed, int(found.supplementary)),
        owner_id=institution_id,
    )
