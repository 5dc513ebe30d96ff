"""2101 to 2103: a purchase at a pharmacy. 2101 and 2102 carry the whole purchase; that they say the same joins them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import bills, settling, visits
from shebaoka.faces.terminals.national.acting import Asked, transaction

KIND: Final = "pharmacy"
BATCH: Final = "1"


async def quote(asked: Asked) -> Values:
    """2101: what a purchase comes to, kept for 2102."""
    values = asked.input["druginfo"]
    told = visits.care_type(values, KIND)
    visit = await visits.begin(asked, values, KIND, _number(asked))
    divided = await bills.add(asked, visit, BATCH, asked.input["drugdetail"])
    await visits.note_care(asked, visit, told, ())
    return await settling.quote(asked, visit, values, BATCH) | {"detlcutinfo": divided}


async def settle(asked: Asked) -> Values:
    """2102: settle what 2101 said of the same purchase."""
    values = asked.input["druginfo"]
    visits.care_type(values, KIND)
    visit = await visits.begin(asked, values, KIND, _number(asked))
    divided = await bills.divided_again(asked, visit, asked.input["drugdetail"])
    return await settling.settle(asked, visit, values, BATCH) | {"detlcutinfo": divided}


async def take_back(asked: Asked) -> Values:
    """2103: take a purchase back."""
    return await settling.take_back(asked, asked.input["data"], KIND)


def _number(asked: Asked) -> str:
    """Give a number for a purchase that has none: whoever, when, and what was bought, line by line."""
    values = asked.input["druginfo"]
    lines = [[one[name] for name in ("feedetl_sn", "med_list_codg", "det_item_fee_sumamt", "cnt", "fee_ocur_time")]
             for one in asked.input["drugdetail"]]  # fmt: skip
    said = json.dumps([values["psn_no"], values["begntime"], values["medfee_sumamt"], lines], default=str)
    return f"P{sha256(said.encode()).hexdigest()[:40]}"


ALL: Final = (transaction("2101", quote), transaction("2102", settle), transaction("2103", take_back))
