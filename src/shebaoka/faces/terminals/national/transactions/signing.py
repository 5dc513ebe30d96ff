"""9001, 9002: an operator signs in for the day, and out."""

from __future__ import annotations

from typing import Final

from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.faces.terminals.refusals import NotSignedIn
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.registry.senders import commands


async def sign_in(asked: Asked) -> Values:
    """9001: give the sign_no that all other messages carry, good until midnight."""
    made = await commands.sign_in(asked.work, asked.sender, asked.input["signIn"]["opter_no"])
    return {"signinoutb": {"sign_time": made.signed_in_at.astimezone(SHANGHAI), "sign_no": made.sign_no}}


async def sign_out(asked: Asked) -> Values:
    """9002: end it."""
    try:
        await commands.sign_out(asked.work, asked.sender, asked.input["signOut"]["sign_no"])
    except NotFound:
        raise NotSignedIn from None
    return {"signoutoutb": {"sign_time": asked.work.now.astimezone(SHANGHAI)}}


ALL: Final = (transaction("9001", sign_in, signed_in=False), transaction("9002", sign_out))
