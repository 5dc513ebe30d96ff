"""Messages are lost, answers are lost, messages come twice and late: the books are those of a line without faults."""

from __future__ import annotations

import asyncio
import random
from datetime import date
from typing import Any

from tests.benefits.settlement.clinic_town import THIRD
from tests.faces.terminals import contents as c

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.settlement import views


class Line:
    """A line to the city with faults, by a seed: none where there is no chance of any."""

    def __init__(self, here, chance: random.Random | None) -> None:
        self.here, self.chance = here, chance
        self.answered: dict[tuple[str, str], tuple[Any, Any]] = {}
        """By transaction and number: what was sent, and what it was answered."""

    def _happens(self, percent: int) -> bool:
        return self.chance is not None and self.chance.randrange(100) < percent

    async def done(self, infno: str, content: Any) -> dict[str, Any]:
        """Send until an answer comes through, always the same message."""
        message = infno, content, self.here.msgid()
        while True:
            if self._happens(20):  # The message is lost.
                continue
            answers = await asyncio.gather(
                *(self.here.send(*message) for _ in range(2 if self._happens(30) else 1))
            )
            assert all(one["output"] == answers[0]["output"] for one in answers)
            if (
                self.chance is not None
            ):  # Old copies come late: they are answered as they were, and change nothing.
                for (of, number), (said, told) in self.chance.sample(
                    list(self.answered.items()), k=min(2, len(self.answered))
                ):
                    assert (await self.here.send(of, said, number))["output"] == told
            if self._happens(30):  # The answer is lost.
                continue
            assert answers[0]["infcode"] == 0, answers[0]["err_msg"]
            self.answered[infno, message[2]] = content, answers[0]["output"]
            return answers[0]["output"]


async def day(line: Line, psn_no: str, n: int) -> list[dict[str, Any]]:
    """Live through two visits and a stay: one visit is taken back, one undone by its number, the stay settled."""
    infos = []
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
    return infos


async def test_faults_leave_the_books_of_a_line_without(town):
    here = await town.hospital(THIRD)
    await town.act(insurance.note_items, [Listed(c.DRUG, date(2018, 1, 1), "甲类药", "full", "09")])
    found = []
    for n, chance in ((1, None), (4, random.Random(7))):
        before = await town.owed(THIRD)
        infos = await day(Line(here, chance), str(town.ids[n]), n)
        settled = await town.act(views.settlements, town.ids[n])
        found.append((
            await town.owed(THIRD) - before, await town.held(n), (await town.standing(n, "2019-01-02")).state,
            [(one.total_fen, one.cash_fen, one.reversed_at is None) for one in settled],
            [(one["acct_pay"], one["hifp_pay"], one["psn_cash_pay"], one["balc"]) for one in infos],
        ))  # fmt: skip
    assert found[0] == found[1]
    assert len(found[0][3]) == 4
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
