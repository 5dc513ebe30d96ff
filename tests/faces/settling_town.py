"""A hospital and a pharmacy of the town that settle by the interface: people who are insured, visits, quotes, differences."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.faces.api_town import HOSPITAL, PHARMACY, Town

from shebaoka.benefits.insurance.commands import note_spell
from shebaoka.benefits.insurance.insured import Spell
from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.model import Designation
from shebaoka.benefits.settlement.reconciling import Amounts, Detail
from shebaoka.kit.actor import SYSTEM
from shebaoka_sandbox import neighbour

SINCE = date(2018, 1, 1)
GUEST = {
    "place": "320100",
    "id_number": neighbour.person(3).id_number,
    "name": "邻省虚构3",
    "card": "J00000003",
}
ROLE = "cashier"
LINE = {"line": "001", "item": "复诊诊查", "amount_fen": 5_000, "catalogue_class": "full"}


async def designated(town: Town) -> None:
    """Let the hospital (level 3) and the pharmacy settle."""
    async with town.database.work(SYSTEM) as work:
        await commands.designate(work, Designation(HOSPITAL, SINCE, None, 3))
        await commands.designate(work, Designation(PHARMACY, SINCE, None, None))


async def insured(town: Town, n: int) -> str:
    """Let somebody be insured as an employee, and give the number of the card, which is an old one."""
    old, _ = await town.cards(n)
    who = await town.person_id(n)
    async with town.database.work(SYSTEM) as work:
        await note_spell(work, who, Spell(SINCE, "employee", "active"))
    return old


async def begun(town: Town, card: str, at: int = HOSPITAL, kind: str = "outpatient", **more: Any) -> str:
    """Give the way to a new visit of a card's holder."""
    answer = await town.post("/api/settling/visits", ROLE, at, json={"card": card, "kind": kind} | more)
    assert answer.status_code == 201, answer.text
    return f"/api/settling/visits/{answer.json()['person_id']}/{answer.json()['visit_id']}"


async def lined(town: Town, card: str, *amounts: int, at: int = HOSPITAL, kind: str = "outpatient") -> str:
    """Give the way to a visit with lines of these amounts in scope."""
    way = await begun(town, card, at, kind)
    lines = [LINE | {"line": f"{n:03}", "amount_fen": fen} for n, fen in enumerate(amounts, 1)]
    added = await town.post(f"{way}/lines", ROLE, at, json={"lines": lines})
    assert (added.status_code, added.json()) == (201, {"lines": len(amounts)}), added.text
    return way


async def quoted(town: Town, card: str, *amounts: int, at: int = HOSPITAL) -> tuple[str, dict[str, Any]]:
    """Give the way to a visit, and its quote."""
    way = await lined(town, card, *amounts, at=at)
    answer = await town.post(f"{way}/quotes", ROLE, at, json={})
    assert answer.status_code == 201, answer.text
    return way, answer.json()


async def settled(
    town: Town, card: str, *amounts: int, at: int = HOSPITAL, **more: Any
) -> tuple[str, dict[str, Any]]:
    """Give the way to a visit, and what was settled."""
    way, quote = await quoted(town, card, *amounts, at=at)
    answer = await town.post(f"{way}/settlements", ROLE, at, json={"quote_id": quote["quote_id"]} | more)
    assert answer.status_code == 201, answer.text
    return way, answer.json()


async def differing(town: Town, n: int = 2, at: int = HOSPITAL) -> list[str]:
    """Let an institution's account of the day name messages that we do not know, and give the numbers of the differences."""
    details = [Detail(f"H{k}", Amounts(100 * k, 60 * k, 0, 40 * k)) for k in range(1, n + 1)]
    async with town.database.work(SYSTEM) as work:
        found = await commands.compare_details(work, at, work.today, details)
    return [str(one.difference_id) for one in found]


async def guest_gone(town: Town, n: int = 1, at: int = HOSPITAL) -> str:
    """Give the way to the stay of a guest who has gone home, with a line of 20,000.00 in scope."""
    one = neighbour.person(n)
    body = GUEST | {"id_number": one.id_number, "name": one.name, "number": f"GAST-{n}"}
    made = await town.post("/api/settling/guests", ROLE, at, json=body)
    assert made.status_code == 201, made.text
    way = f"/api/settling/visits/{made.json()['person_id']}/{made.json()['visit_id']}"
    await town.post(f"{way}/lines", ROLE, at, json={"lines": [LINE | {"amount_fen": 2_000_000}]})
    assert (await town.post(f"{way}/discharge", ROLE, at, json={})).status_code == 200
    return way


async def writes(town: Town) -> list[tuple[str, str, dict[str, Any], dict[str, Any], str]]:
    """Give a good example of every write: its path, who, the body, what differs in another, and another path."""
    await designated(town)
    card = await insured(town, 110)
    another = LINE | {"line": "009"}
    ways = [await lined(town, card, 1_000) for _ in range(3)]
    stays = [await begun(town, card, kind="inpatient") for _ in range(4)]
    for way in stays[2:]:
        assert (await town.post(f"{way}/discharge", ROLE, json={})).status_code == 200
    quote = (await town.post(f"{ways[1]}/quotes", ROLE, json={})).json()["quote_id"]
    other = await insured(town, 111)
    done = [(await settled(town, other, 1_000))[1]["number"] for _ in range(2)]
    differences = await differing(town)
    guests = [await guest_gone(town, n) for n in (1, 2)]
    return [
        ("/api/settling/guests", ROLE, GUEST, GUEST | {"place": "330000"}, ""),
        (f"{guests[0]}/claims", ROLE, {}, {}, f"{guests[1]}/claims"),
        ("/api/settling/visits", ROLE, {"card": card, "kind": "outpatient"}, {"card": card, "kind": "inpatient"}, ""),
        (f"{ways[0]}/lines", ROLE, {"lines": [another]}, {"lines": [another | {"amount_fen": 6_000}]}, ""),
        (f"{ways[0]}/lines/removal", ROLE, {}, {"lines": ["001"]}, ""),
        (f"{ways[2]}/quotes", ROLE, {}, {"batch": "2"}, ""),
        (f"{ways[1]}/settlements", ROLE, {"quote_id": quote}, {"quote_id": "1"}, ""),
        (f"{stays[0]}/discharge", ROLE, {}, {"on": "2019-01-01"}, ""),
        (f"{stays[2]}/readmission", ROLE, {}, {}, f"{stays[3]}/readmission"),
        (f"{stays[1]}/cancellation", ROLE, {}, {}, f"{stays[0]}/cancellation"),
        ("/api/settling/reversals", ROLE, {"names": done[0]}, {"names": done[1]}, ""),
        (f"/api/settling/differences/{differences[0]}/closing", "benefits_clerk", {"reason": "对方补传"},
         {"reason": "另一原因"}, ""),
    ]  # fmt: skip
