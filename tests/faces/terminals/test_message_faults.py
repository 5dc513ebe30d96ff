"""Messages are lost, answers are lost, messages come twice and late: the books are those of a line without faults."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from tests.benefits.settlement.clinic_town import THIRD
from tests.faces.terminals import contents as c
from tests.faces.terminals import shanghai_hospital as s

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.settlement import views

SEEDS: Final = range(int(os.environ.get("SHEBAOKA_TEST_SEEDS", "1")))
"""By which faults happen."""


class Line:
    """A line to the city with faults, by a seed: none where there is no chance of any."""

    def __init__(self, here, chance: random.Random | None) -> None:
        self.here, self.chance = here, chance
        self.answered: dict[tuple[str, str], tuple[Any, Any]] = {}
        """By transaction and number: what was sent, and what it was answered."""

    async def sent(self, kind: str, content: Any, number: str) -> tuple[str, Any]:
        """Send a message and give what is said against it, nothing where it is done, and what it is answered."""
        told = await self.here.send(kind, content, number)
        return told["err_msg"], told["output"]

    def _happens(self, percent: int) -> bool:
        return self.chance is not None and self.chance.randrange(100) < percent

    async def done(self, kind: str, content: Any) -> dict[str, Any]:
        """Send until an answer comes through, always the same message."""
        number = self.here.msgid()
        while True:
            if self._happens(20):  # The message is lost.
                continue
            answers = await asyncio.gather(
                *(self.sent(kind, content, number) for _ in range(2 if self._happens(30) else 1))
            )
            assert all(one == answers[0] for one in answers)
            if (
                self.chance is not None
            ):  # Old copies come late: they are answered as they were, and change nothing.
                for (of, old), (said, told) in self.chance.sample(
                    list(self.answered.items()), k=min(2, len(self.answered))
                ):
                    assert (await self.sent(of, said, old))[1] == told
            if self._happens(30):  # The answer is lost.
                continue
            wrong, output = answers[0]
            assert wrong == "", wrong
            self.answered[kind, number] = content, output
            return output


class ShanghaiLine(Line):
    """The same, of Shanghai's messages."""

    async def sent(self, kind: str, content: Any, number: str) -> tuple[str, Any]:
        told = await self.here.ask(kind, content, number)
        return told["fhxx"], told["xxnr"]


async def national_day(town, line: Line, n: int) -> list[Any]:
    """Live through three visits and a stay: one is taken back, one undone by its number, one and the stay stand."""
    psn_no, infos = str(town.ids[n]), []
    for name in ("OP-1", "OP-2", "OP-3"):
        visit = (await line.done("2201", c.registering(psn_no, n, f"{name}-{n}")))["data"]["mdtrt_id"]
        await line.done(
            "2204", c.fees(psn_no, visit, c.line("1", amount="60.00"), c.line("2", c.OWN, "5.00"))
        )
        quoted = (await line.done("2206", c.quoting(psn_no, visit, "65.00", n)))["setlinfo"]
        infos.append((await line.done("2207", c.settling(psn_no, visit, quoted, n)))["setlinfo"])
    await line.done("2208", c.taking_back(infos[0]))
    msgid = infos[1]["medins_setl_id"]
    await line.done("2601", {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": "2207"}})
    stay = (await line.done("2401", c.admitting(psn_no, n, f"IP-{n}")))["result"]["mdtrt_id"]
    await line.done("2301", c.stay_fees(psn_no, stay, c.line("1", amount="9000.00")))
    await line.done("2402", c.discharging(psn_no, stay, "2019-01-02"))
    infos.append((await line.done("2304", c.stay_settling(psn_no, stay, "9000.00", n)))["setlinfo"])
    return [(one["acct_pay"], one["hifp_pay"], one["psn_cash_pay"], one["balc"]) for one in infos]


async def shanghai_day(_, line: Line, n: int) -> list[Any]:
    """Live through three visits and a stay: one is taken back, one taken out before it is settled, one and the stay stand."""
    infos = []

    async def bill(*amounts: str, **more: Any) -> dict[str, Any]:
        drug, own = (Decimal(amount) for amount in amounts)
        lines = [s.line(1, c.DRUG, amounts[0]), s.line(2, c.OWN, amounts[1])]
        told = await line.done("SN01", s.card(n, bcmxylfyze=drug + own, mxxms=lines) | more)
        return {"mxzdh": told["mxzdh"], "totalexpense": drug, "ybjsfwfyze": drug, "fybjsfwfyze": own}

    async def settled(kinds: tuple[str, str], asked: dict[str, Any]) -> dict[str, Any]:
        quoted = await line.done(kinds[0], asked)
        infos.append(await line.done(kinds[1], asked | {"jssqxh": quoted["jssqxh"]}))
        return infos[-1]

    for taken_back in (False, True):
        done = await settled(("SI11", "SI12"), s.card(n, mxzdhs=[await bill("60.00", "5.00")]))
        if taken_back:
            await line.done("SK01", s.card(n, translsh=done["lsh"], totalexpense=done["totalexpense"]))
    gone = await bill("70.00", "5.00")
    await line.done("SI11", s.card(n, mxzdhs=[gone]))
    await line.done("SN02", s.card(n, mxzdh=gone["mxzdh"]))
    stay = (await line.done("SJ11", s.card(n, djtype="3", djno=f"IP-{n}", startdate="2019-01-02")))["jzdyh"]
    leaving = s.card(n, jzdyh=stay, cyjsbz="1", jsjsrq="2019-01-02")
    await settled(("SI51", "SI52"), leaving | {"mxzdhs": [await bill("9000.00", "5.00", jzdyh=stay)]})
    return [{name: fen for name, fen in one.items() if isinstance(fen, Decimal | int)} for one in infos]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("kind", "day"), [(Line, national_day), (ShanghaiLine, shanghai_day)])
async def test_faults_leave_the_books_of_a_line_without(town, kind, day, seed):
    here = await town.hospital(THIRD)
    if kind is ShanghaiLine:
        here = s.ShanghaiHospital(town.http, town.clock, here.paasid, here.secret.decode(), here.code)
    await town.act(insurance.note_items, [Listed(c.DRUG, date(2018, 1, 1), "甲类药", "full", "09")])
    found = []
    for n, chance in ((1, None), (4, random.Random(seed))):
        before = await town.owed(THIRD)
        told = await day(town, kind(here, chance), n)
        settled = await town.act(views.settlements, town.ids[n])
        found.append((
            await town.owed(THIRD) - before, await town.held(n), (await town.standing(n, "2019-01-02")).state,
            [(one.total_fen, one.cash_fen, one.reversed_at is None) for one in settled], told,
        ))  # fmt: skip
    assert found[0] == found[1]
    assert sum(stands for *_, stands in found[0][3]) == 2 < len(found[0][3])
    assert await town.adds_up()


async def test_a_settlement_and_its_reversal_at_once(town):
    """Whichever comes first: it is settled and taken back, or barred; what is left is nothing."""
    here = await town.hospital(THIRD)
    await town.act(insurance.note_items, [Listed(c.DRUG, date(2018, 1, 1), "甲类药", "full", "09")])
    psn_no, before = str(town.ids[1]), await town.held(1)
    for n in range(4):
        visit = (await here.done("2201", c.registering(psn_no, 1, f"OP-{n}")))["data"]["mdtrt_id"]
        await here.done("2204", c.fees(psn_no, visit, c.line("1", amount="60.00")))
        quoted = (await here.done("2206", c.quoting(psn_no, visit, "60.00")))["setlinfo"]
        msgid, settling = here.msgid(), c.settling(psn_no, visit, quoted)
        undoing = {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": "2207"}}
        messages = [("2207", settling, msgid)] * 3 + [("2601", undoing, here.msgid())]
        answers = await asyncio.gather(*(here.send(*one) for one in messages[:: 1 if n % 2 else -1]))
        assert [one["infcode"] for one in answers if one["output"] == {} and not one["err_msg"]] == [0], (
            answers
        )
        told = await town.told(msgid)
        assert told.fate in ("reversed", "withdrawn")
        assert await town.held(1) == before
    assert await town.owed(THIRD) == 0
    assert await town.adds_up()
