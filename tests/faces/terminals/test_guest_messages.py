"""Guests of another province by the national interface: admitted, settled by what their province pays, whatever becomes of the hub."""

from __future__ import annotations

import os
import random
from asyncio import gather
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.benefits.cross_province.provinces import Line, neighbour
from tests.benefits.settlement.clinic_town import PHARMACY, THIRD
from tests.faces.terminals import contents as c
from tests.faces.terminals.money import check
from tests.faces.terminals.test_every_field import example

from shebaoka.benefits.cross_province import commands
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.cross_province.model import Exchanged
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.commands import note_items
from shebaoka.faces.terminals.national.declared import MESSAGES
from shebaoka.faces.terminals.national.transactions import OF_GUESTS
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.partners import Partner, PartnerUnavailable
from shebaoka.ledger import views as books
from shebaoka.ledger.model import Account
from shebaoka.wiring import SUBSCRIPTIONS
from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.faults import Faults, Switches
from shebaoka_sandbox.hub import Hub as Sandbox
from shebaoka_sandbox.store import Store

NANJING = "320100"
OURS = "系统内部错误"
TOTAL = "20000.00"
SEEDS = range(int(os.environ.get("SHEBAOKA_TEST_SEEDS", "1")))
"""By which faults happen."""


class Away:
    """A hospital's system that sends for people of another province."""

    def __init__(self, town, here, desks) -> None:
        self.town, self.here, self.desks = town, here, desks
        self.hub = Hub(Partner("hub", "http://hub", town.client), "310000")

    def faults(self, **switches: Any) -> None:
        self.desks.faults.put(Switches("hub", **switches))

    async def send(self, infno: str, content: Any, msgid: str | None = None, place: str = NANJING) -> dict[str, Any]:  # fmt: skip
        told = await self.here.send(infno, content, msgid, insuplc_admdvs=place)
        assert OURS not in told["err_msg"]
        return told

    async def done(self, infno: str, content: Any, msgid: str | None = None) -> dict[str, Any]:
        told = await self.send(infno, content, msgid)
        assert told["infcode"] == 0, told["err_msg"]
        return told["output"]

    async def refused(self, infno: str, content: Any, msgid: str | None = None, place: str = NANJING) -> str:
        told = await self.send(infno, content, msgid, place)
        assert told["infcode"] == -1, told
        return told["err_msg"]

    async def read(self, n: int) -> dict[str, Any]:
        return await self.done("1101", reading(n))

    async def stay(self, n: int, number: str) -> tuple[str, str]:
        """Let a guest be read, admitted, treated and discharged; give psn_no and mdtrt_id."""
        psn_no = (await self.read(n))["baseinfo"]["psn_no"]
        begun = shown(n, c.admitting(psn_no, number=number))
        visit = (await self.done("2401", begun))["result"]["mdtrt_id"]
        await self.done("2301", c.stay_fees(psn_no, visit, c.line("1", amount=TOTAL)))
        await self.done("2402", c.discharging(psn_no, visit, "2019-01-02"))
        return psn_no, visit

    async def later(self) -> Exchanged:
        """Do what `jobs run` does of it."""
        await deliver_due(self.town.database, SUBSCRIPTIONS)
        return await commands.exchange_due(self.town.database, self.hub)

    async def owed(self, institution: int, account: Account = Account.INSTITUTION) -> int:
        days = date(2018, 1, 1), date(2030, 1, 1)
        return (await self.town.act(books.statement_of_institution, institution, *days, account)).closing_fen


def reading(n: int, **changed: Any) -> dict[str, Any]:
    one = neighbour.person(n)
    read = {**card(n), "card_sn": "00", "psn_cert_type": "01", "certno": one.id_number, "psn_name": one.name}
    return {"data": {name: value for name, value in (read | changed).items() if value is not None}}


def card(n: int) -> dict[str, str]:
    return {"mdtrt_cert_type": "03", "mdtrt_cert_no": f"J{n:08}"}


def shown(n: int, content: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Let a message show a guest's card."""
    first = next(iter(content))
    return content | {first: content[first] | card(n) | changed}


def settling(n: int, psn_no: str, visit: str, **changed: Any) -> dict[str, Any]:
    return shown(n, c.stay_settling(psn_no, visit, TOTAL), **changed)


def query(psn_no: str, **more: str) -> dict[str, Any]:
    return {"data": {"psn_no": psn_no} | more}


@pytest.fixture
async def away(town, tmp_path, monkeypatch):
    monkeypatch.setattr("shebaoka.kit.partners.FIRST_WAIT_SECONDS", 0)
    desks = Desks(Store(tmp_path / "sandbox.sqlite3"), Faults(7))
    await town.act(note_items, [Listed(c.DRUG, date(2018, 1, 1), "甲类药", "full", "09")])
    async with httpx.AsyncClient(transport=httpx.MockTransport(Line(Sandbox(desks)).answer)) as client:
        town.client = client
        await town.open(tmp_path, Partner("hub", "http://hub", client))
        yield Away(town, await town.hospital(THIRD), desks)
        await town.http.aclose()
    desks.store.close()


async def test_a_guest_from_the_card_to_the_settlement_and_back(away):
    """A retiree (3), level three: 20,000.00 in scope; deductible 1,200.00, of the rest 87 %, half of what is left, account 300.00."""
    told = await away.read(3)
    base, (insured,) = told["baseinfo"], told["insuinfo"]
    assert (base["gend"], base["brdy"], base.get("memo")) == ("1", "1950-01-01", None)
    assert (insured["insutype"], insured["psn_type"], insured["insuplc_admdvs"]) == ("310", "1201", NANJING)
    psn_no, visit = await away.stay(3, "IP-1")
    quoted = check(await away.done("2303", settling(3, psn_no, visit)))
    msgid = away.here.msgid()
    settled, doubled = await gather(*(away.done("2304", settling(3, psn_no, visit), msgid) for _ in "12"))
    assert doubled == settled, "sent twice at once"
    info = check(settled)
    assert (info["hifp_pay"], info["oth_pay"], info["acct_pay"]) == (16_356, 1_222, 300)
    assert (info["psn_cash_pay"], info["insutype"], info["psn_type"]) == (2_122, "310", "1201")
    assert {name: quoted[name] for name in ("fund_pay_sumamt", "psn_cash_pay")} == {
        name: info[name] for name in ("fund_pay_sumamt", "psn_cash_pay")
    }
    assert {one["fund_pay_type"] for one in settled["setldetail"]} == {"910100", "310200"}
    assert (await away.done("2304", settling(3, psn_no, visit), msgid)) == settled, "sent again"
    other = settling(3, psn_no, visit, invono="9")
    assert "另一笔内容不同" in await away.refused("2304", other, msgid)
    assert "已经结算" in await away.refused("2304", settling(3, psn_no, visit)), "by another message"
    found = (await away.done("5203", query(psn_no, medins_setl_id=msgid)))["setlinfo"]
    assert [(one["setl_stas"], one["fund_pay_sumamt"]) for one in found] == [("1", 17_578)]
    assert len((await away.done("5204", query(psn_no, mdtrt_id=visit)))["data"]) == 1
    assert await away.owed(THIRD) == 1_787_800, "what their funds and account pay is advanced"
    assert await away.owed(320_000, Account.CROSS_PROVINCE) == -1_787_800, "and owed by their province"
    detail = {
        name: str(info[name]) for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")
    }
    day = {"setl_optins": "310000", "stmt_begndate": "2019-01-02", "stmt_enddate": "2019-01-02", "fixmedins_setl_cnt": 1,
           "medfee_sumamt": TOTAL, "fund_pay_sumamt": detail["fund_pay_sumamt"], "cash_payamt": detail["psn_cash_pay"]}  # fmt: skip
    compared = await away.here.done("3202", {"data": day, "detail": [detail | {"msgid": msgid}]})
    assert compared["stmtinfo"]["stmt_rslt"] == "0", "the hospital's day has it, as any other"
    back = check(await away.done("2305", c.taking_back(info)))
    assert (back["medfee_sumamt"], back["fund_pay_sumamt"]) == (-20_000, -17_578)
    assert await away.later() == Exchanged(taken_back=1)
    assert await away.owed(THIRD) == await away.owed(320_000, Account.CROSS_PROVINCE) == 0
    for infno, content in (
        ("2405", query(psn_no, mdtrt_id=visit)),
        ("2302", {"data": [{"feedetl_sn": "0000", "mdtrt_id": visit, "psn_no": psn_no}]}),
        ("2404", query(psn_no, mdtrt_id=visit)),
    ):
        await away.done(infno, content)
    assert await away.town.adds_up()


async def test_the_hub_is_down_from_admission_to_settlement(away, monkeypatch):
    away.faults(down=True)
    told = await away.read(3)
    assert told["insuinfo"] == []
    assert "待结算" in told["baseinfo"]["memo"]
    psn_no, msgid = told["baseinfo"]["psn_no"], away.here.msgid()
    begun = shown(3, c.admitting(psn_no, number="IP-1"))
    first = await away.done("2401", begun, msgid)
    assert "待结算" in first["result"]["memo"]
    away.faults()
    assert await away.done("2401", begun, msgid) == first, "sent again, whatever the hub says by now"
    away.faults(down=True)
    psn_no, visit = await away.stay(3, "IP-1")
    assert visit == first["result"]["mdtrt_id"]
    assert "国家异地就医平台暂无应答" in await away.refused("2303", settling(3, psn_no, visit))
    with monkeypatch.context() as hurried:
        hurried.setattr("shebaoka.benefits.cross_province.hub.COUNTER_SECONDS", 0.05)
        away.faults(delay_ms=60_000)  # It takes longer than anybody waits at a counter.
        assert "国家异地就医平台暂无应答" in await away.refused("2303", settling(3, psn_no, visit))
    away.faults(down=True)
    msgid, claim = away.here.msgid(), settling(3, psn_no, visit)
    for _ in "12":
        waits = await away.done("2304", claim, msgid)
        assert set(waits) == {"result"}, "no amounts, for nobody has said who pays"
        assert (waits["result"]["setl_stas"], waits["result"]["medfee_sumamt"]) == ("3", 20_000)
    found = await away.done("5203", query(psn_no, medins_setl_id=msgid))
    assert (found["setlinfo"], [one["setl_stas"] for one in found["result"]]) == ([], ["3"])
    assert "已经结算" in await away.refused("2304", claim), "another message does not settle it twice"
    away.faults(lose=1.0)  # It settles there, and its first answer is lost.
    assert await away.later() == Exchanged(waiting=1)
    assert (await away.done("2304", claim, msgid))["setlinfo"]["medins_setl_id"] == msgid
    assert await away.later() == Exchanged()
    found = await away.done("5203", query(psn_no, mdtrt_id=visit))
    assert (len(found["setlinfo"]), found["result"]) == (1, [])
    assert await away.owed(THIRD) == 1_787_800, "once"
    assert [one.total_fen for one in await away.hub.day(away.town.today)] == [2_000_000], "there too"


async def test_what_waits_is_undone_by_its_number(away):
    away.faults(down=True)
    psn_no, visit = await away.stay(3, "IP-1")
    msgid = away.here.msgid()
    await away.done("2304", settling(3, psn_no, visit), msgid)
    undoing = {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": "2304"}}
    await away.done("2601", undoing)
    (one,) = (await away.done("5203", query(psn_no, medins_setl_id=msgid)))["result"]
    assert one["setl_stas"] == "5"
    assert "已被冲正" in await away.refused("2304", settling(3, psn_no, visit), msgid)
    away.faults()
    assert await away.later() == Exchanged(taken_back=1)
    late = away.here.msgid()
    await away.done("2601", {"data": {"psn_no": psn_no, "omsgid": late, "oinfno": "2304"}})
    await away.refused("2304", settling(3, psn_no, visit), late)
    check(await away.done("2304", settling(3, psn_no, visit)))
    begun = away.here.msgid()
    await away.done("2401", shown(3, c.admitting(psn_no, number="IP-2")), begun)
    await away.done("2601", {"data": {"psn_no": psn_no, "omsgid": begun, "oinfno": "2401"}})


async def test_what_is_refused_and_why(away):
    """Every refusal is -1 and a sentence; nothing of a guest's path ends in a fault of ours."""
    for n, words in ((5, "未办理异地就医备案"), (99, "查无此人")):
        assert words in await away.refused("1101", reading(n)), n
    for changed, words in (
        ({"mdtrt_cert_type": "02"}, "须出示社保卡"), ({"certno": None}, "certno"), ({"psn_name": None}, "psn_name"),
        ({"certno": "100932195001010039"}, "身份证号有误"),
    ):  # fmt: skip
        assert words in await away.refused("1101", reading(3, **changed)), changed
    away.faults(down=True)
    unregistered = (await away.read(5))["baseinfo"]["psn_no"]
    away.faults()
    assert "未办理异地就医备案" in await away.refused("2401", shown(5, c.admitting(unregistered)))
    psn_no, visit = await away.stay(3, "IP-1")
    for content, words in (
        (shown(4, c.admitting(psn_no, number="X")), "不是该人员"),
        (shown(3, c.admitting(psn_no, number="X"), insutype="390"), "应为 310"),
        (shown(3, c.admitting(str(away.town.ids[1]), number="X")), "不是参保地"),
        (shown(3, c.admitting("7", number="X")), "不是参保地"),
    ):
        assert words in await away.refused("2401", content), words
    assert "不是参保地 330100" in await away.refused("2402", c.discharging(psn_no, visit, "2019-01-02"), None, "330100")  # fmt: skip
    assert "应为 20000.00" in await away.refused("2304", settling(3, psn_no, visit, medfee_sumamt="1.00"))
    assert "中途结算" in await away.refused("2304", settling(3, psn_no, visit, mid_setl_flag="1"))
    away.faults(refuse=1.0)  # Their province has thought better of it.
    msgid = away.here.msgid()
    for _ in "12":
        assert "未办理异地就医备案" in await away.refused("2304", settling(3, psn_no, visit), msgid)
    (one,) = (await away.done("5203", query(psn_no, medins_setl_id=msgid)))["result"]
    assert (one["setl_stas"], "未办理异地就医备案" in one["memo"]) == ("4", True)
    away.faults()
    check(await away.done("2304", settling(3, psn_no, visit)))
    assert "回参保地报销" in await away.refused("2201", c.registering(psn_no))
    begun = shown(7, c.admitting((await away.read(7))["baseinfo"]["psn_no"], number="IP-7", on="2018-12-30"))
    psn_no, visit = begun["mdtrtinfo"]["psn_no"], (await away.done("2401", begun))["result"]["mdtrt_id"]
    await away.done("2301", c.stay_fees(psn_no, visit, c.line("1", amount="19000.00"), c.line("2", amount="1000.00", on="2019-01-01")))  # fmt: skip
    await away.done("2402", c.discharging(psn_no, visit, "2019-01-01"))
    assert check(await away.done("2304", settling(7, psn_no, visit)))["medfee_sumamt"] == 20_000, (
        "what came late counts"
    )
    here, away.here = away.here, await away.town.hospital(PHARMACY)
    assert "回参保地报销" in await away.refused("1101", reading(3))
    assert "回参保地报销" in await away.refused(
        "2101", c.buying(psn_no, "10.00", c.line("1", amount="10.00"))
    )
    away.here = here
    for code in sorted(set(OF_GUESTS) - {"9001", "9002", "3201", "3202"}):
        await away.refused(code, example(MESSAGES[code].asks))
    assert Decimal(0) == await away.owed(PHARMACY)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_lost_and_repeated_each_stay_is_settled_once(away, seed):
    """Messages come twice, answers are lost, the hub fails anew for each; some stays are undone. In the end both provinces have the same."""
    chance = random.Random(seed)

    async def sent(infno: str, content: Any, msgid: str | None = None) -> None:
        """Send one message, up to three times, the hub failing otherwise each time; nobody hears the answers."""
        number = msgid or away.here.msgid()
        for _ in range(chance.randint(1, 3)):
            away.faults(**chance.choice(({}, {"down": True}, {"lose": 1.0}, {"duplicate": 1.0})))
            await away.send(infno, content, number)

    async def stays(n: int) -> tuple[int, bool]:
        away.faults(down=chance.random() < 0.5)
        psn_no, visit = await away.stay(n, f"IP-{n}")
        msgid, undone = away.here.msgid(), chance.random() < 0.4
        undoing = ("2601", {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": "2304"}})
        steps = [("2304", settling(n, psn_no, visit), msgid)] + [(*undoing, None)] * undone
        chance.shuffle(steps)  # A reversal may come first.
        for step in steps:
            await sent(*step)
            if chance.random() < 0.3:
                with suppress(PartnerUnavailable):
                    await away.later()
        return n, undone

    done = [await stays(n) for n in (1, 2, 3, 4, 6, 7)]
    away.faults()
    while (await away.later()).waiting:
        pass
    assert await away.later() == Exchanged()
    shares = [neighbour.shares(neighbour.person(n), 3, 2_000_000, 0) for n, undone in done if not undone]
    advanced = sum(2_000_000 - one.cash for one in shares)
    assert await away.owed(THIRD) == -await away.owed(320_000, Account.CROSS_PROVINCE) == advanced
    there = await away.hub.day(away.town.today)
    assert sum(one.fund_fen + one.account_fen for one in there) == advanced
    assert await away.town.act(commands.reconcile, "310000", away.town.today, there) == 0
    assert await away.town.adds_up()
