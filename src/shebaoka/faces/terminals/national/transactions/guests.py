"""What the interface does for guests, who are insured in another province (insuplc_admdvs): stays, and nothing else.

Visit, lines, discharge and reversal are those of any stay. Who they are and who pays is asked of the national hub before a
transaction is opened; while it does not answer they are admitted and discharged all the same, and settled later, once.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog

from shebaoka.benefits.cross_province import commands
from shebaoka.benefits.cross_province import views as provinces
from shebaoka.benefits.cross_province.errors import GuestRefused, HubSilent
from shebaoka.benefits.cross_province.hub import Quoted, Refused
from shebaoka.benefits.cross_province.model import Admitting, Claiming, Guest
from shebaoka.benefits.cross_province.model import Bill as Claim
from shebaoka.benefits.cross_province.states import BILL_WORDS
from shebaoka.benefits.settlement import views
from shebaoka.benefits.settlement.errors import MessageWithdrawn
from shebaoka.benefits.settlement.model import Sums, Visit
from shebaoka.faces.terminals import once
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import guests, people, settling, visits
from shebaoka.faces.terminals.national.acting import NAME, Act, Asked, Order, transaction
from shebaoka.faces.terminals.national.mapping import SCHEMES
from shebaoka.faces.terminals.national.transactions import querying, reversing, stay
from shebaoka.faces.terminals.refusals import NotOffered
from shebaoka.kit.partners import PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import VisitKind

TO_BE_SETTLED: Final = (
    "待结算：国家异地就医平台暂无应答，参保和备案未核实；可照常入院和出院，平台恢复后结算一次"
)
WAITS: Final = (
    "待结算：已受理，平台恢复后结算一次；请勿另行结算，以原报文编号重发或 5203 查询结果，撤回用 2601"
)
INSURED: Final = "1"
MEMO_MAX: Final = 500
STATUS: Final = {"asked": "3", "refused": "4", "withdrawn": "5"}
log = structlog.get_logger()


async def hear_card(order: Order) -> Any:
    """Ask whether whoever shows their card is insured and registered there."""
    async with order.begin() as work:
        one = await guests.by_card(order.within(work), order.input["data"])
    return await _admissible(order, one, order.envelope.msgid)


async def tell(asked: Asked) -> Values:
    """1101: who a guest is, by their card and what stands on it; insuinfo says how they are insured, where the hub answers."""
    work, one = asked.work, await guests.by_card(asked, asked.input["data"])
    province_id = commands.place_of(asked.programme, guests.home(asked), guests.place(asked), work.today)
    serving = await views.serving(work, asked.institution_id, work.today)
    if serving.level is None:
        commands.check_settled(asked.programme, work.today, "pharmacy")
    person_id = await commands.meet(work, province_id, one, asked.heard)
    work.record(person_id, "settlement.person_seen", person_id)
    known = await provinces.guest(work, person_id)
    assert known is not None, "it was entered just now"
    told = guests.insured(asked, known) | {"psn_insu_stas": INSURED, "insuplc_admdvs": guests.place(asked)}
    answered = isinstance(asked.heard, Quoted)
    return {
        "baseinfo": guests.holder(asked, person_id, known) | {"memo": None if answered else TO_BE_SETTLED},
        "insuinfo": [told] if answered and "insutype" in told else [],
        "idetinfo": [],
    }


async def hear_admission(order: Order) -> Any:
    """Ask anew on admission: what 1101 was told may be old."""
    values = order.input["mdtrtinfo"]
    async with order.begin() as work:
        one = await guests.of(order.within(work), values)
    return await _admissible(order, one, values["ipt_no"])


async def admit(asked: Asked) -> Values:
    """2401: begin a guest's stay; `memo` says where it is to be settled later, for the hub does not answer."""
    values = asked.input["mdtrtinfo"]
    care = visits.care_type(values, stay.KIND)
    one = await guests.of(asked, values)
    guests.must_show_their_card(one, values)
    scheme = asked.heard.scheme if isinstance(asked.heard, Quoted) else one.scheme
    guests.must_be_insured_as(msgspec.structs.replace(one, scheme=scheme), values)
    visit = await commands.admit(asked.work, asked.programme, guests.home(asked), Admitting(
        institution_id=asked.institution_id, number=values["ipt_no"], place=guests.place(asked), id_number=one.id_number,
        name=one.name, card_number=one.card_number, began_on=values["begntime"].date(), scheme=SCHEMES[values["insutype"]],
    ), asked.heard)  # fmt: skip
    await visits.note_care(asked, visit, care, asked.input["diseinfo"])
    return {"result": {"mdtrt_id": str(visit.visit_id), "memo": None if asked.heard else TO_BE_SETTLED}}


async def _admissible(order: Order, one: Guest, number: str) -> Any:
    begins = order.input.get("mdtrtinfo", {}).get("begntime")
    return await commands.ask_admitting(order.city.database, guests.hub(order), guests.home(order), Admitting(
        institution_id=order.institution_id, number=number, place=guests.place(order), id_number=one.id_number, name=one.name,
        card_number=one.card_number, began_on=None if begins is None else begins.date(),
    ))  # fmt: skip


async def hear_quote(order: Order) -> tuple[Sums, Any]:
    """Ask what their province would pay of a stay so far; with it, what the stay comes to."""
    async with order.begin() as work:
        asked = order.within(work)
        visit, one = await _to_settle(asked)
        whole = await commands.stay_so_far(work, visit)
        province_id = await commands.guest_province(work, visit.person_id)
    settling.held_against(order.input["data"], whole.sums())
    told = await commands.ask_about(guests.hub(order), province_id, one, whole)
    return whole.sums(told if isinstance(told, Quoted) else None), told


async def quote(asked: Asked) -> Values:
    """2303: what their province would pay of a stay so far; nothing of it is kept."""
    sums, told = asked.heard
    if told is None:
        raise HubSilent
    if isinstance(told, Refused):
        raise GuestRefused(told.reason)
    values = asked.input["data"]
    visit, _ = await _to_settle(asked)
    return await guests.told(asked, visit, sums, (), asked.work.now, number=asked.envelope.msgid,
                             proof=values["mdtrt_cert_type"])  # fmt: skip


async def hear_claim(order: Order) -> Claim:
    """Keep that a stay is to be settled, once by this message, and ask the hub at once; give how it stands."""
    person_id = people.number(order.input["data"], "psn_no")
    async with order.begin() as work:

        async def claiming(work: Work) -> bytes:
            asked = order.within(work)
            visit, one = await _to_settle(asked)
            guests.must_show_their_card(one, order.input["data"])
            whole = await commands.stay_of(work, visit)
            settling.held_against(order.input["data"], whole.sums())
            made = await commands.claim(work, Claiming(
                institution_id=order.institution_id, number=order.envelope.msgid, person_id=person_id, visit_id=visit.visit_id,
            ))  # fmt: skip
            return str(made.bill_id).encode()

        kept = await once.done(work, NAME, order.envelope.msgid, order.envelope.same, claiming)
    try:
        return await commands.ask_now(order.city.database, guests.hub(order), person_id, int(kept))
    except (PartnerUnavailable, PartnerAnswerRefused) as silent:
        log.warning("hub.silent", why=silent.detail)
    async with order.begin() as work:
        found = await provinces.bill(work, person_id, int(kept))
    assert found is not None, "it is kept"
    return found


async def settle(asked: Asked) -> Values:
    """2304: the stay as their province settled it; or that it waits, and will be settled once. Sent again, how it stands now."""
    values, one = asked.input["data"], asked.heard
    visit = await visits.of(asked, values, stay.KIND)
    if one.status == "refused":
        raise GuestRefused(one.refusal)
    fate = await views.message(asked.work, asked.institution_id, one.number)
    if fate.fate == "withdrawn":
        raise MessageWithdrawn(one.number)
    if fate.settlement is None:
        return {"result": await _waiting(asked, one)}
    return await guests.told(asked, visit, fate.settlement, (), fate.settlement.settled_at, number=one.number,
                             setl_id=fate.settlement.settlement_id, proof=values["mdtrt_cert_type"])  # fmt: skip


async def _waiting(asked: Asked, one: Claim) -> Values:
    withdrawn = (await views.message(asked.work, asked.institution_id, one.number)).fate == "withdrawn"
    status = "withdrawn" if withdrawn else one.status
    memo = {"asked": WAITS, "refused": f"{BILL_WORDS['refused']}：{one.refusal}"}.get(
        status, BILL_WORDS[status]
    )
    return {
        "medins_setl_id": one.number, "mdtrt_id": str(one.visit_id), "setl_stas": STATUS[status], "memo": memo[:MEMO_MAX],
        "medfee_sumamt": (await provinces.claimed(asked.work, one)).sums().total_fen,
    }  # fmt: skip


async def _to_settle(asked: Asked) -> tuple[Visit, Guest]:
    values = asked.input["data"]
    one = await guests.of(asked, values)
    guests.must_be_insured_as(one, values)
    return await stay.to_settle(asked), one


async def take_back(asked: Asked) -> Values:
    """2305: take the settlement of a stay back here; the hub is told of it."""
    return await settling.take_back(asked, asked.input["data"], stay.KIND, guests.told)


async def settlements(asked: Asked) -> Values:
    """5203: as of ours; and what was sent to be settled and is not."""
    values = asked.input["data"]
    told = await querying.settlements(asked, guests.told)
    person_id = people.number(values, "psn_no")
    waiting = []
    for one in await provinces.bills(asked.work, person_id):
        said = {"medins_setl_id": one.number, "mdtrt_id": str(one.visit_id), "setl_id": ""}
        named = all(values.get(name) in (None, ours) for name, ours in said.items())
        if one.institution_id != asked.institution_id or one.status not in STATUS or not named:
            continue
        waiting.append(await _waiting(asked, one))
    return told | {"result": waiting}


def _of_guest(act: Act) -> Act:
    """Give a transaction of ours for whom it names, once they are a guest from where the envelope says."""

    async def acting(asked: Asked) -> Any:
        nodes = [one for node in asked.input.values() for one in (node if isinstance(node, list) else [node])]
        for named in {one["psn_no"]: one for one in nodes if "psn_no" in one}.values():
            await guests.of(asked, named)
        return await act(asked)

    return acting


def _nowhere(kind: VisitKind) -> Act:
    """Give a transaction of visits that the rule of the day does not settle between provinces."""

    async def refusing(asked: Asked) -> Values:
        commands.check_settled(asked.programme, asked.work.today, kind)
        raise NotOffered("insuplc_admdvs：规则已允许跨省结算，本接口尚不办理，请与经办机构联系")

    return refusing


async def _theirs(_: Asked) -> Values:
    raise NotOffered("insuplc_admdvs：外省参保人的备案、慢病和累计由参保地办理，请患者向参保地查询")


ALL: Final = (
    transaction("1101", tell, writes=False, hear=hear_card), transaction("2401", admit, hear=hear_admission),
    transaction("2303", quote, writes=False, hear=hear_quote), transaction("2304", settle, writes=False, hear=hear_claim),
    *((transaction(code, _of_guest(act))) for code, act in (
        ("2301", stay.add_lines), ("2302", stay.remove_lines), ("2305", take_back), ("2402", stay.discharge),
        ("2403", stay.change), ("2404", stay.cancel), ("2405", stay.readmit), ("2601", reversing.undo),
    )),
    *((transaction(code, _of_guest(act), writes=False)) for code, act in (("5203", settlements), ("5204", querying.lines))),
    *((transaction(f"22{n:02}", _nowhere("outpatient"))) for n in range(1, 9)),
    *((transaction(f"21{n:02}", _nowhere("pharmacy"))) for n in range(1, 4)),
    *((transaction(code, _theirs)) for code in ("2501", "2502", "5205", "5206")),
)  # fmt: skip
