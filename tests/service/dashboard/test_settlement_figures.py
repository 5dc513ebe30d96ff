"""Figures of settlement equal what one finds by looking at settlements one by one, whenever they were counted."""

from __future__ import annotations

import random
from collections import Counter

from tests.benefits.settlement.clinic_town import FIRST, INSTITUTIONS, PHARMACY, THIRD, Clinics, D, row

from shebaoka.benefits.settlement import commands
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.commands import load_rules
from shebaoka.service.dashboard import settlements

CODES = {institution_id: code for institution_id, code, *_ in INSTITUTIONS}
HUANGPU = "310101"
FIELDS = settlements.Settled.__struct_fields__
DAYS = ("2019-01-02", "2019-01-03", "2019-01-07")
EVER = D("2000-01-01"), D("2100-01-01")


async def counted_by_hand(town) -> dict[tuple[str, str], Counter]:
    """Look at every settlement and every message by itself."""
    found: dict[tuple[str, str], Counter] = {}
    async with town.database.work(SYSTEM) as work:
        rows = await work.rows(
            "SELECT v.kind, s.institution_id, s.reversed_on IS NOT NULL, s.total_fen, s.pooled_fen, s.supplementary_fen,"
            " s.current_account_fen + s.historic_account_fen, s.cash_fen"
            " FROM settlement AS s JOIN medical_visit AS v USING (person_id, visit_id)"
        )
        barred = await work.rows("SELECT institution_id FROM settlement_message_directory WHERE kind = 'withdrawn'")  # fmt: skip
    for kind, at, taken_back, total, pooled, supplementary, account, cash in rows:
        said = Counter(settlements=1, total_fen=total, pooled_fen=pooled, supplementary_fen=supplementary, account_fen=account, cash_fen=cash)  # fmt: skip
        if taken_back:
            said += Counter(reversals=1, reversed_fen=total, reversed_fund_fen=pooled + supplementary)
        for key in (*_parts(at), ("kind", kind)):
            found[key] = found.get(key, Counter()) + said
    for (at,) in barred:
        for key in _parts(at):
            found[key] = found.get(key, Counter()) + Counter(timeouts=1)
    return found


def _parts(at: int) -> list[tuple[str, str]]:
    district = HUANGPU if at == THIRD else ""
    return [("city", ""), ("institution", CODES[at]), ("district", district)]


async def shown(town) -> dict[tuple[str, str], Counter]:
    return {
        (dimension, one.value): Counter({name: getattr(one, name) for name in FIELDS if getattr(one, name)})
        for dimension in ("city", "kind", "institution", "district")
        for one in await town.act(settlements.sums, dimension, *EVER)
    }


async def test_figures_are_what_settlements_sum_to_however_often_they_are_counted(database, clock):
    town, fate = Clinics(database, clock), random.Random(20190102)
    town.noon("2019-01-01")
    await town.act(load_rules)
    await town.begin({n: row(n) for n in range(1, 5)})
    async with database.work(SYSTEM) as work:
        await work.run("INSERT INTO district VALUES (%(d)s, '黄浦区', 'Huangpu') ON CONFLICT DO NOTHING", {"d": HUANGPU})  # fmt: skip
        await work.run("UPDATE institution SET district_code = %(d)s WHERE institution_id = %(i)s", {"d": HUANGPU, "i": THIRD})  # fmt: skip
    standing: list[tuple[str, int]] = []
    for day in DAYS:
        town.noon(day)
        for k in range(6):
            at = fate.choice([THIRD, FIRST, PHARMACY])
            name, kind = f"{day}-{k}", "pharmacy" if at == PHARMACY else "outpatient"
            quoted = await town.billed(fate.randint(1, 4), name, fate.randint(1, 200_000), at=at, kind=kind)
            await town.confirm(quoted, name, at)
            standing.append((name, at))
            if k % 3 == 1:
                name, at = standing.pop(fate.randrange(len(standing)))
                await town.reverse(name, f"r-{name}", at)
            if k == 2:
                await town.act(settlements.count)
        stay = await town.visit(fate.randint(1, 4), f"stay-{day}", FIRST, "inpatient")
        await town.lines(stay, fate.randint(1, 2_000_000))
        await town.act(commands.discharge, FIRST, stay.person_id, stay.visit_id, D(day))
        await town.confirm(await town.quote(stay), f"stay-{day}", FIRST)
        await town.reverse(f"never-{day}", f"t-{day}", FIRST)
        await town.act(settlements.count)
        assert await shown(town) == await counted_by_hand(town), day
    before = await shown(town)
    await town.act(settlements.count, anew=True)
    assert await shown(town) == before
    by_day = await town.act(settlements.days, "city", "", *EVER)
    assert [one.day for one in by_day] == [D(day) for day in DAYS]
    assert {one.settlements for one in by_day} == {7}
    assert await town.act(settlements.days, "institution", "H3", D("2019-01-04"), D("2019-01-06")) == []


async def test_open_differences_are_counted_until_they_are_closed(database, clock):
    town = Clinics(database, clock)
    town.noon("2019-01-02")
    await town.act(load_rules)
    await town.begin({1: row(1)})
    await town.confirm(await town.billed(1, "v", 5_000), "m")
    await town.act(commands.compare_details, THIRD, D("2019-01-02"), [])
    await town.act(settlements.count)
    (city,) = await town.act(settlements.differences, "city")
    assert (city.number, city.oldest_day) == (1, D("2019-01-02"))
    assert [one.value for one in await town.act(settlements.differences, "institution")] == ["H3"]
    await town.act(commands.close_difference, THIRD, D("2019-01-02"), "m", "院方补传")
    await town.act(settlements.count)
    assert await town.act(settlements.differences, "city") == []
