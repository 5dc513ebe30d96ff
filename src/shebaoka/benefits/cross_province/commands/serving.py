"""We are the insured place: ours was in hospital in another province, whose catalogue divides, and our benefits pay."""

from __future__ import annotations

import msgspec
from psycopg.types.json import Jsonb

from shebaoka.benefits.cross_province import places, states, views
from shebaoka.benefits.cross_province.commands.hosting import check_settled
from shebaoka.benefits.cross_province.errors import NotRegisteredAway
from shebaoka.benefits.cross_province.model import Bill, Presented, Stay
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.errors import AlreadySettled, MessageDiffers, MessageWithdrawn
from shebaoka.benefits.settlement.model import (
    Confirming,
    Elsewhere,
    Quoted,
    Registering,
    Reversed,
    Reversing,
    Settled,
    Visit,
)
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme


async def quote_away(work: Work, programme: Programme, home: str, one: Presented) -> Quoted:
    """Quote the stay of one of ours in another province, by our rules. Raises as `settle_away`."""
    person_id, visit = await _begin(work, programme, home, one)
    return await _quoted(work, programme, person_id, visit, one)


async def settle_away(work: Work, programme: Programme, home: str, one: Presented) -> Settled:
    """Settle the stay of one of ours in another province, once by the hub's number; what our funds pay is owed to it.

    Every refusal must roll the transaction back: raises NotFound (nobody of ours), PlaceRefused, NotSettledAway,
    NotRegisteredAway, CardNotUsable, NotHolder, NotInsured, VisitDiffers, MessageDiffers, MessageWithdrawn, AlreadySettled.
    """
    province_id = places.province_of(one.place, home)
    before = await _before(work, province_id, one)
    if before is not None:
        return before
    person_id, visit = await _begin(work, programme, home, one)
    # Of two that came at once the second waited for the visit, and the first has settled it by now.
    before = await _before(work, province_id, one)
    if before is not None:
        return before
    quoted = await _quoted(work, programme, person_id, visit, one)
    done = await settlement.confirm(work, programme, Confirming(
        institution_id=province_id, number=one.number, person_id=person_id, quote_id=quoted.quote_id,
        card_number=one.card_number,
    ))  # fmt: skip
    await _keep(work, province_id, one, done)
    return done


async def take_back_away(work: Work, home: str, place: str, number: str, names: str) -> Reversed:
    """Take back what the hub's message `names` settled, once; one that has not come is barred.

    Every refusal must roll the transaction back: raises PlaceRefused, MessageDiffers, MessageWithdrawn, NotReversible.
    """
    province_id = places.province_of(place, home)
    done = await settlement.reverse(work, Reversing(institution_id=province_id, number=number, names=names))
    if done.settlement is not None and not done.repeated:
        bill = await views.bill_of_number(work, done.settlement.person_id, province_id, names)
        assert bill is not None, "what was settled for a province has its bill"
        await work.run(SQL["reverse_bill"], {
            "person_id": bill.person_id, "bill_id": bill.bill_id, "status": states.bill_after(bill.status, "reverse"),
            "on": work.today, "reversal": number,
        })  # fmt: skip
    return done


async def _before(work: Work, province_id: int, one: Presented) -> Settled | None:
    """Give what this message settled before, whatever has become of it; refuse it where it says something else."""
    told = await settled.message(work, province_id, one.number)
    if told.fate == "unknown":
        return None
    if told.fate == "withdrawn":
        raise MessageWithdrawn(one.number)
    if told.fate == "reversal" or told.settlement is None:
        raise MessageDiffers(one.number)
    keys = {"person_id": told.settlement.person_id, "institution_id": province_id, "number": one.number}
    says = await work.value(SQL["says"], keys)
    person = await people.find(work, one.id_number)
    if (
        person is None
        or person.person_id != told.settlement.person_id
        or msgspec.convert(says, Stay) != one.stay
    ):
        raise MessageDiffers(one.number)
    return Settled(
        settlement=told.settlement, bills=await settled.bills(work, told.settlement), repeated=True
    )


async def _begin(work: Work, programme: Programme, home: str, one: Presented) -> tuple[int, Visit]:
    """Check who it is and whether they may, and begin the stay as the hub tells it; it is locked from now on."""
    province_id, stay = places.province_of(one.place, home), one.stay
    check_settled(programme, stay.admitted_on)
    person = await people.find(work, one.id_number)
    if person is None:
        raise NotFound("参保人 nobody of this number is insured here")
    if await views.registered(work, person.person_id, one.place, stay.admitted_on) is None:
        raise NotRegisteredAway(f"{one.place}, {stay.admitted_on}")
    visit = await settlement.register_elsewhere(work, programme, Registering(
        institution_id=province_id, kind="inpatient", number=f"{stay.hospital.code} {stay.stay}"[:64],
        card_number=one.card_number, id_number=one.id_number, began_on=stay.admitted_on,
    ))  # fmt: skip
    return person.person_id, await settlement.locked(work, province_id, person.person_id, visit.visit_id)


async def _quoted(work: Work, programme: Programme, person_id: int, visit: Visit, one: Presented) -> Quoted:
    if any(
        bill.visit_id == visit.visit_id and bill.status == "settled"
        for bill in await views.bills(work, person_id)
    ):
        raise AlreadySettled(one.stay.stay)
    keys = (visit.institution_id, person_id, visit.visit_id)
    if visit.status == "discharged":
        await settlement.readmit(work, *keys)
    await settlement.put_divided(work, *keys, {day.on: day.parts for day in one.stay.days})
    await settlement.discharge(work, *keys, one.stay.discharged_on)
    where = Elsewhere(visit.institution_id, one.stay.hospital.level)
    return await settlement.quote(work, programme, *keys, "", where)


async def _keep(work: Work, province_id: int, one: Presented, done: Settled) -> Bill:
    made, bill_id = done.settlement, work.ids.one()
    keys = {"person_id": made.person_id, "bill_id": bill_id}
    await work.run(SQL["add_bill"], keys | {
        "role": "insured", "province_id": province_id, "visit_id": made.visit_id, "institution_id": province_id,
        "number": one.number, "says": Jsonb(msgspec.to_builtins(one.stay)), "now": work.now,
    })  # fmt: skip
    await work.run(SQL["settle_bill"], keys | {
        "status": states.bill_after("asked", "settle"), "settlement_id": made.settlement_id, "total_fen": made.total_fen,
        "fund_fen": made.pooled_fen + made.supplementary_fen,
        "account_fen": made.current_account_fen + made.historic_account_fen, "on": made.settled_on,
    })  # fmt: skip
    found = await views.bill(work, made.person_id, bill_id)
    assert found is not None
    return found
