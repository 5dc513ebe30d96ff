"""A holder consents: by a code from the holder's own page, good for one request, soon, and for what it was given."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import IdentityPurpose
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.credential.model import CODE_DIGITS, NewCode
from shebaoka.service.credential.store import SQL

TRIES_MAX: Final = 20


def code_digest(work: Work, code: str) -> bytes:
    """Give what is kept of a code; a plain digest of eight digits could be guessed."""
    return work.vault.digest("identity_code", code)


async def give_code(work: Work, programme: Programme, holder_id: int, purpose: IdentityPurpose) -> NewCode:
    """Give a code by which the actor consents for a holder to one request. The code before is good no more."""
    expires_at = work.now + timedelta(minutes=programme.identity_terms(work.today).code_minutes)
    named = {
        "holder_id": holder_id,
        "given_by": work.actor.person_id,
        "purpose": purpose,
        "expires_at": expires_at,
    }
    await work.run(SQL["take_turn"], {"subject": work.vault.digest("identity_holder", str(holder_id))})
    await work.run(SQL["end_code_of"], named)
    for _ in range(TRIES_MAX):
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        if await work.run(SQL["add_code"], named | {"digest": code_digest(work, code)}):
            work.record(holder_id, "identity.code_given", holder_id, purpose=purpose)
            return NewCode(code, expires_at)
    raise AssertionError("no free code was drawn: so many cannot be out")
