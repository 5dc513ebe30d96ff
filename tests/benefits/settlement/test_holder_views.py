"""What a holder is shown of accounts, medical years and bills, over years and in pages."""

from __future__ import annotations

from datetime import date

from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import THIRD, D

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance import views as insured
from shebaoka.benefits.settlement import views
from shebaoka.ledger import views as books

EVER = D("2000-01-01"), D("2100-01-01")


async def paged(town, view, person_id, number, *days):
    """Give all that a view shows, one at a time."""
    found, before = [], None
    while True:
        one = await town.act(view, person_id, *days, before, 1)
        if not one:
            return found
        assert one[0] not in found, "a page goes on from the one before"
        found += one
        before = number(one[0])


async def test_two_years_of_somebody(town):
    whose = town.ids[1]
    for month in ("2019-01-01", "2019-02-01"):
        paid = await town.act(insurance.contribute, PROGRAMME, whose, D(month), 100_000, 9_500)
    await town.act(insurance.take_back, whose, paid.contribution_id)
    await town.confirm(await town.billed(1, "v1", 10_000), "m1")
    await town.confirm(await town.billed(1, "v2", 5_000), "m2")
    await town.reverse("m2", "r2")
    town.noon("2019-08-01")
    await town.confirm(await town.billed(1, "v3", 300_000), "m3")

    entries = await paged(town, books.personal_entries, whose, lambda one: one.entry_id, *EVER)
    assert entries == await town.act(books.personal_entries, whose, *EVER)
    assert [one.booked_on for one in entries] == sorted((one.booked_on for one in entries), reverse=True)
    held = await town.held(1)
    assert (entries[0].current_balance_fen, entries[0].historic_balance_fen) == (held.current_fen, held.historic_fen)  # fmt: skip
    assert sum(one.current_fen for one in entries) == held.current_fen
    assert min(min(one.current_balance_fen, one.historic_balance_fen) for one in entries) >= 0
    statement = await town.act(books.statement_of_person, whose, *EVER)
    assert sum(one.current_fen + one.historic_fen for one in entries) == statement.closing_fen
    of_2019 = await town.act(books.personal_entries, whose, D("2019-01-01"), D("2019-12-31"))
    assert of_2019 == [one for one in entries if one.booked_on.year == 2019]
    kinds = {(one.kind, one.reverses_kind) for one in entries}
    assert {("reversal", "settlement"), ("reversal", "contribution"), ("year_end", None)} <= kinds
    assert {one.owner_id for one in entries if "settlement" in (one.kind, one.reverses_kind)} == {THIRD}

    bills = await paged(town, views.holder_bills, whose, lambda one: one.settlement.settlement_id, *EVER)
    assert [one.settlement.number for one in bills] == ["m3", "m2", "m1"]
    assert [one.settlement.reversed_by for one in bills] == [None, "r2", None]
    assert await town.act(views.holder_bill, whose, bills[2].settlement.settlement_id) == bills[2]
    assert await town.act(views.holder_bill, town.ids[4], bills[2].settlement.settlement_id) is None
    (line,) = await town.act(views.billed_lines, bills[0].settlement)
    assert (line.no, line.amount_fen) == (1, 300_000)
    assert await town.act(views.billed_lines, bills[0].settlement, line.no) == []

    now = await town.standing(1, "2019-08-01")
    years = await town.act(insured.year_standings, PROGRAMME, whose, now)
    assert [(one.year.name, one.deductible_fen, one.deductible_used_fen) for one in years] == [
        (2019, 150_000, now.state.deductible_used_fen), (2018, 150_000, 0),
    ]  # fmt: skip
    assert [one.cap_fen for one in years] == [53_000_000, 51_000_000]
    assert years[0].deductible_used_fen == 150_000

    contributions = await paged(town, insured.contributions, whose, lambda one: one.contribution_id, date.min, date.max)  # fmt: skip
    assert [(one.period, one.taken_back_by is None) for one in contributions] == [
        (D("2019-02-01"), False), (D("2019-01-01"), True),
    ]  # fmt: skip


async def test_somebody_who_is_insured_otherwise_now(town):
    await town.confirm(await town.billed(4, "v1", 300_000), "m1")
    town.noon("2019-03-01")
    await town.act(insurance.note_spell, town.ids[4], insured.Spell(D("2019-03-01"), "none", "none"))
    (year,) = await town.act(insured.year_standings, PROGRAMME, town.ids[4], None)
    assert (year.scheme, year.deductible_fen, year.cap_fen) == ("employee", None, None)
    assert year.deductible_used_fen > 0
