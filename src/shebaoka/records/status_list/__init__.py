"""The status list for terminals that lose the network: void and suspended cards, signed, verified offline (docs/status-list.md)."""

from shebaoka.records.status_list.errors import (
    StatusListAhead,
    StatusListGap,
    StatusListNotSigned,
    StatusListOfAnotherCity,
    StatusListOlder,
    StatusListUnreadable,
)
from shebaoka.records.status_list.holding import Answer, Listed, Presented, StatusList
from shebaoka.records.status_list.layout import Head, Sections, Version, read, signer, write
from shebaoka.records.status_list.prints import digest, fingerprint

__all__ = [
    "Answer",
    "Head",
    "Listed",
    "Presented",
    "Sections",
    "StatusList",
    "StatusListAhead",
    "StatusListGap",
    "StatusListNotSigned",
    "StatusListOfAnotherCity",
    "StatusListOlder",
    "StatusListUnreadable",
    "Version",
    "digest",
    "fingerprint",
    "read",
    "signer",
    "write",
]
