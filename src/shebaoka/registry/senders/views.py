"""Everything that reads about senders."""

from __future__ import annotations

from shebaoka.kit.work import Work
from shebaoka.registry.senders.model import KeyTold, Secret, Sender, SignedIn
from shebaoka.registry.senders.store import SQL


def place(paasid: str, key_id: int) -> str:
    """Name the place that a secret is sealed for."""
    return f"sender:{paasid}:{key_id}"


async def secrets_of(work: Work, paasid: str) -> list[Secret]:
    """Give the secrets of a system that are good now, the newest first; none for an unknown one."""
    found = []
    for key_id, sealed, good_until, institution_id, code, name in await work.rows(SQL["keys"], {"paasid": paasid}):  # fmt: skip
        if good_until is None or good_until > work.now:
            sender = Sender(paasid, institution_id, code, name)
            found.append(Secret(sender, work.vault.open(bytes(sealed), place(paasid, key_id)), good_until))
    return found


async def keys(work: Work, institution_id: int | None = None) -> list[KeyTold]:
    """List keys, of one institution or of all; never a secret."""
    return await work.rows(SQL["told"], {"institution_id": institution_id}, KeyTold)


async def signed_in(work: Work, institution_id: int, sign_no: str) -> SignedIn | None:
    """Give who signed in at an institution with a number that is good now, or None."""
    asked = {"institution_id": institution_id, "sign_no": sign_no, "now": work.now}
    return await work.row(SQL["signed_in"], asked, SignedIn)
