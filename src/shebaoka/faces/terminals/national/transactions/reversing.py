"""2601: a message whose answer did not come is undone, or barred where it never came."""

from __future__ import annotations

from typing import Final

import msgspec

from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.errors import NotHolder
from shebaoka.benefits.settlement.model import Reversing
from shebaoka.faces.terminals import once
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import people
from shebaoka.faces.terminals.national.acting import NAME, Asked, transaction
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered

MONEY: Final = ("2102", "2103", "2207", "2208", "2304", "2305")
ADMISSION: Final = "2401"


async def undo(asked: Asked) -> Values:
    """2601: what the message settled is taken back, once; a stay that it began is cancelled; one that did not come never counts."""
    values = asked.input["data"]
    named, names = values["oinfno"], values["omsgid"]
    if named == ADMISSION:
        await _undo_admission(asked, values, names)
    elif named in MONEY:
        done = await commands.reverse(asked.work, Reversing(
            institution_id=asked.institution_id, number=asked.envelope.msgid, names=names,
        ))  # fmt: skip
        if done.settlement is not None and done.settlement.person_id != people.number(values, "psn_no"):
            raise NotHolder
    else:
        raise NotOffered(f"oinfno {named} 不能冲正，可冲正：{'、'.join((*MONEY, ADMISSION))}")
    return {}


async def _undo_admission(asked: Asked, values: Values, names: str) -> None:
    answered = await once.withdraw(asked.work, NAME, names, asked.envelope.msgid)
    if answered is None:
        return
    begun = msgspec.json.decode(answered).get("result", {}).get("mdtrt_id")
    if begun is None:
        raise MessageRefused(f"omsgid：该报文不是入院办理（{ADMISSION}），请核对 oinfno")
    person_id = people.number(values, "psn_no")
    await commands.cancel(asked.work, asked.institution_id, person_id, int(begun))


ALL: Final = (transaction("2601", undo),)
