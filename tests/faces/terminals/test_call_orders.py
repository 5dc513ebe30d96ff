"""Call orders as vendors code them: clinic, stay and pharmacy, and everything that undoes them; worked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import FIRST, PHARMACY, THIRD, D, number
from tests.faces.terminals import contents as c
from tests.faces.terminals.money import check

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.cards import commands as cards
from shebaoka.cards.model import MadeCard
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.records.card_number import from_serial
from shebaoka.service.credential.commands import show_ecard

SINCE = date(2018, 1, 1)


@pytest.fixture
async def town(town):
    await town.act(insurance.note_items, [
        Listed(c.DRUG, SINCE, "甲类药", "full", "09"), Listed(c.SHARED, SINCE, "乙类药", "shared", "09"),
        Listed(c.DEAR, SINCE, "有限价的项目", "full", "03", Decimal("50.000000")),
    ])  # fmt: skip
    return town


async def clinic(here, psn_no: str, *lines, number: str = "OP-1", total: str = "") -> tuple[str, dict]:
    """Go from registration to quote, and give visit and setlinfo."""
    visit = (await here.done("2201", c.registering(psn_no, number=number)))["data"]["mdtrt_id"]
    assert await here.done("2203A", c.visit_told(psn_no, visit)) == {}
    await here.done("2204", c.fees(psn_no, visit, *lines))
    quoted = await here.done("2206", c.quoting(psn_no, visit, total))
    return visit, check(quoted)


async def test_a_visit_to_a_clinic(town):
    here = await town.hospital(THIRD)
    told = await here.done("1101", {"data": {**c.card(1), "card_sn": "00", "psn_cert_type": "01"}})
    base, insured = told["baseinfo"], told["insuinfo"][0]
    assert (base["certno"], base["gend"], base["brdy"], base["age"]) == (
        number(1, "1980-05-06"),
        "1",
        "1980-05-06",
        38,
    )
    assert (insured["insutype"], insured["psn_type"], insured["balc"]) == ("310", "1101", 280)
    psn_no = base["psn_no"]
    # 100 of class A; 100 of class B, of which 10 is paid first; 80 of one's own; 80 with a limit of 50.
    lines = (c.line("1"), c.line("2", c.SHARED), c.line("3", c.OWN, "80.00"), c.line("4", c.DEAR, "80.00"))
    visit, quoted = await clinic(here, psn_no, *lines, total="360.00")
    assert {name: quoted[name] for name in ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")} == {
        "medfee_sumamt": 360, "fulamt_ownpay_amt": 80, "overlmt_selfpay": 30, "preselfpay_amt": 10, "inscp_scp_amt": 240,
    }  # fmt: skip
    # All in scope comes from the account, which holds 280; the rest is cash.
    assert (quoted["acct_pay"], quoted["psn_cash_pay"], quoted["fund_pay_sumamt"], quoted["balc"]) == (
        240,
        120,
        0,
        280,
    )
    settled = await here.done("2207", c.settling(psn_no, visit, quoted))
    info = check(settled)
    assert info | {"setl_id": "", "balc": 0, "medins_setl_id": ""} == quoted | {
        "setl_id": "",
        "balc": 0,
        "medins_setl_id": "",
    }
    assert (info["balc"], info["med_type"], info["clr_type"]) == (40, "11", "11")
    assert [(one["fund_pay_type"], one["fund_payamt"]) for one in settled["setldetail"]] == [("310200", 240)]
    assert "账户" in settled["setldetail"][0]["setl_proc_info"]
    back = check(await here.done("2208", c.taking_back(info)))
    assert (back["medfee_sumamt"], back["acct_pay"], back["psn_cash_pay"], back["balc"]) == (
        -360,
        -240,
        -120,
        280,
    )
    assert "已冲正" in await here.refused("2208", c.taking_back(info))
    await here.done("2205", {"data": {"mdtrt_id": visit, "psn_no": psn_no, "chrg_bchno": "0000"}})
    assert (
        await here.done("2202", {"data": {"mdtrt_id": visit, "psn_no": psn_no, "ipt_otp_no": "OP-1"}}) == {}
    )
    assert await town.adds_up()


async def test_a_stay_is_settled_after_the_discharge(town):
    here = await town.hospital(THIRD)
    psn_no = str(town.ids[4])
    stay = (await here.done("2401", c.admitting(psn_no, 4)))["result"]["mdtrt_id"]
    told = await here.done(
        "2301", c.stay_fees(psn_no, stay, c.line("1", amount="8000.00"), c.line("2", c.SHARED, "1000.00"))
    )
    assert [(one["inscp_scp_amt"], one["preselfpay_amt"], one["chrgitm_lv"]) for one in told["result"]] == [
        (8000, 0, "01"), (900, 100, "02")]  # fmt: skip
    await here.done("2301", c.stay_fees(psn_no, stay, c.line("3", amount="50.00")))
    await here.done("2302", {"data": [{"feedetl_sn": "3", "mdtrt_id": stay, "psn_no": psn_no}]})
    assert "不存在" in await here.refused(
        "2302", {"data": [{"feedetl_sn": "3", "mdtrt_id": stay, "psn_no": psn_no}]}
    )
    settling = c.stay_settling(psn_no, stay, "9000.00", 4, ("0", "0", "100.00", "8900.00"))
    quoted = check(await here.done("2303", settling))
    assert "尚未办理出院" in await here.refused("2304", settling)
    town.noon("2019-01-05")
    await here.sign_in()
    change = {
        name: value
        for name, value in c.admitting(psn_no, 4)["mdtrtinfo"].items()
        if name not in ("ipt_no", "mdtrt_cert_no")
    }
    changed = {"adminfo": change | {"mdtrt_id": stay, "ipt_otp_no": "IP-1"}, "diseinfo": [
        c.diagnosis(psn_no=psn_no, mdtrt_id=stay, maindiag_flag="1")]}  # fmt: skip
    await here.done("2403", changed)
    await here.done("2402", c.discharging(psn_no, stay, "2019-01-05"))
    await here.done("2405", {"data": {"mdtrt_id": stay, "psn_no": psn_no}})
    await here.done("2402", c.discharging(psn_no, stay, "2019-01-05"))
    settled = await here.done("2304", settling)
    info = check(settled)
    # Active, inpatient: 1,500 deductible from cash, 85 % of the rest from the pooled fund.
    assert (info["act_pay_dedc"], info["hifp_pay"], info["pool_prop_selfpay"]) == (
        1500,
        6290,
        Decimal("0.85"),
    )
    assert (info["psn_part_amt"], quoted["hifp_pay"], info["clr_type"]) == (2710, 6290, "21")
    assert settled["setldetail"][0]["fund_pay_type"] == "310100"
    assert "已经结算" in await here.refused("2304", settling)
    back = check(await here.done("2305", c.taking_back(info)))
    assert back["hifp_pay"] == -6290
    await here.done("2405", {"data": {"mdtrt_id": stay, "psn_no": psn_no}})
    await here.done("2302", {"data": [{"feedetl_sn": "0000", "mdtrt_id": stay, "psn_no": psn_no}]})
    await here.done("2404", {"data": {"mdtrt_id": stay, "psn_no": psn_no}})
    assert await town.adds_up()


async def test_a_purchase_at_a_pharmacy(town):
    here = await town.hospital(PHARMACY)
    psn_no = str(town.ids[1])
    purchase = c.buying(psn_no, "150.00", c.line("1"), c.line("2", c.SHARED, "50.00"))
    quoted = await here.done("2101", purchase)
    assert "setl_id" not in quoted["setlinfo"]
    settled = await here.done("2102", purchase)
    info = check(settled)
    assert (info["acct_pay"], info["psn_cash_pay"], info["med_type"], info["clr_type"]) == (
        145,
        5,
        "41",
        "41",
    )
    assert [one["preselfpay_amt"] for one in settled["detlcutinfo"]] == [0, 5]
    assert check(await here.done("2103", c.taking_back(info)))["balc"] == 280
    other = c.buying(psn_no, "150.00", c.line("1"), c.line("9", c.SHARED, "50.00"))
    assert "没有预结算" in await here.refused("2102", other)


async def test_what_a_sender_says_of_the_sums_is_held_against_ours(town):
    here = await town.hospital(FIRST)
    psn_no = str(town.ids[1])
    visit, quoted = await clinic(here, psn_no, c.line("1"), total="100.00")
    for name, value, words in (
        ("medfee_sumamt", "100.01", "合计不符，应为 100.00"), ("inscp_scp_amt", "99.99", "合计不符"), ("insutype", "390", "应为 310"),
        ("med_type", "21", "不按此类业务结算"), ("acct_used_flag", "0", "请填 1"), ("psn_no", str(town.ids[2]), "未找到：就诊"),
        ("mdtrt_id", "12x", "不是本系统返回的编号"), ("mdtrt_cert_no", "Z99999999", "没有此卡号"), ("mdtrt_cert_no", "A00000002", "不是同一人"),
        ("mdtrt_cert_type", "02", "须出示社保卡或电子社保卡"), ("chrg_bchno", "B2", "没有预结算"),
    ):  # fmt: skip
        message = c.settling(psn_no, visit, quoted)
        message["data"][name] = value
        assert words in await here.refused("2207", message), name
    assert "超过2位" not in await here.refused("2207", {})
    other = await town.hospital(THIRD)
    assert "未找到" in await other.refused("2207", c.settling(psn_no, visit, quoted))
    assert "数量×单价" in await here.refused(
        "2204", c.fees(psn_no, visit, c.line("8", amount="10.00", price="9.00"))
    )
    assert "负数明细" in await here.refused(
        "2204", c.fees(psn_no, visit, c.line("8", amount="-10.00", count="-1", price="10.00"))
    )
    assert "回参保地报销" in await here.refused(
        "2206", c.quoting(psn_no, visit, "100.00"), insuplc_admdvs="320100"
    )
    assert "不在本市" in await here.refused(
        "2206", c.quoting(psn_no, visit, "100.00"), insuplc_admdvs="310115"
    )
    assert "insuplc_admdvs" in await here.refused(
        "2206", c.quoting(psn_no, visit, "100.00"), insuplc_admdvs=None
    )


async def test_between_quote_and_settlement_money_moves_elsewhere(town):
    here, there = await town.hospital(FIRST), await town.hospital(THIRD)
    psn_no = str(town.ids[1])
    visit, quoted = await clinic(here, psn_no, c.line("1"), total="100.00")
    elsewhere, said = await clinic(there, psn_no, c.line("1"), total="100.00", number="OP-9")
    await there.done("2207", c.settling(psn_no, elsewhere, said))
    assert "已变动，未结算" in await here.refused("2207", c.settling(psn_no, visit, quoted))
    again = check(await here.done("2206", c.quoting(psn_no, visit, "100.00")))
    assert check(await here.done("2207", c.settling(psn_no, visit, again)))["balc"] == 80


async def test_a_message_whose_answer_was_lost(town):
    here = await town.hospital(THIRD)
    psn_no = str(town.ids[1])
    visit, quoted = await clinic(here, psn_no, c.line("1"), total="100.00")
    msgid, settling = here.msgid(), c.settling(psn_no, visit, quoted)
    asking = {"data": {"psn_no": psn_no, "medins_setl_id": msgid}}
    assert (await here.done("5203", asking))["setlinfo"] == []
    settled = await here.send("2207", settling, msgid)
    again = await here.send("2207", settling, msgid)
    assert again["output"] == settled["output"]
    assert "另一笔内容不同" in await here.refused(
        "2207", c.quoting(psn_no, visit, "100.00") | {"data": settling["data"] | {"invono": "9"}}, msgid
    )
    (told,) = (await here.done("5203", asking))["setlinfo"]
    assert (told["setl_id"], told["setl_stas"]) == (settled["output"]["setlinfo"]["setl_id"], "1")
    undoing = {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": "2207"}}
    assert "不符" in await here.refused("2601", {"data": undoing["data"] | {"psn_no": str(town.ids[2])}})
    assert await here.done("2601", undoing) == {}
    assert "已冲正" in await here.refused("2601", undoing)
    assert (await here.done("5203", asking))["setlinfo"][0]["setl_stas"] == "2"
    late = here.msgid()
    await here.done("2601", {"data": {"psn_no": psn_no, "omsgid": late, "oinfno": "2207"}})
    assert "已被冲正" in await here.refused("2207", settling, late)
    stay = here.msgid()
    await here.done("2401", c.admitting(psn_no), stay)
    await here.done("2601", {"data": {"psn_no": psn_no, "omsgid": stay, "oinfno": "2401"}})
    assert "已撤销" in await here.refused(
        "2601", {"data": {"psn_no": psn_no, "omsgid": stay, "oinfno": "2401"}}
    )
    late = here.msgid()
    await here.done("2601", {"data": {"psn_no": psn_no, "omsgid": late, "oinfno": "2401"}})
    assert "已被冲正" in await here.refused("2401", c.admitting(psn_no, number="IP-2"), late)
    assert "不能冲正" in await here.refused(
        "2601", {"data": {"psn_no": psn_no, "omsgid": late, "oinfno": "2204"}}
    )
    assert await town.adds_up()


async def test_electronic_card_and_id_card(town):
    here = await town.hospital(THIRD)
    # A number that a real card may have: an electronic card is signed for no other.
    new = from_serial(1)
    made = MadeCard(town.ids[1], 10_001, new, 55, D("2019-01-01"), None, "0" * 31 + "1", "0" * 15 + "1")
    await town.act(cards.take_made_cards, [made])
    await town.open_new(1, 10_001)
    psn_no, key = str(town.ids[1]), signing_key(town.settings)
    shown = await town.act(show_ecard, PROGRAMME, key, town.settings.city_digits, town.ids[1])
    ecard = {"mdtrt_cert_type": "01", "mdtrt_cert_no": shown.text}
    told = await here.done("1101", {"data": {**ecard, "psn_cert_type": "01"}})
    assert told["baseinfo"]["psn_no"] == psn_no
    fake = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": new,
        "card_sn": "F" * 32,
        "psn_cert_type": "01",
    }
    assert "疑似复制卡" in await here.refused("1101", {"data": fake})
    registering = c.registering(psn_no)
    registering["data"] |= ecard
    visit = (await here.done("2201", registering))["data"]["mdtrt_id"]
    await here.done("2204", c.fees(psn_no, visit, c.line("1")))
    quoting = c.quoting(psn_no, visit, "100.00")
    quoting["data"] |= ecard
    settling = c.settling(psn_no, visit, check(await here.done("2206", quoting)))
    settling["data"] |= ecard
    other = await town.hospital(FIRST)
    assert "别处出示过" in await other.refused("1101", {"data": {**ecard, "psn_cert_type": "01"}})
    assert check(await here.done("2207", settling))["mdtrt_cert_type"] == "01"
    town.clock.at += timedelta(minutes=2)
    assert "已过有效时间" in await here.refused("1101", {"data": {**ecard, "psn_cert_type": "01"}})
    admitting = c.admitting(psn_no)
    admitting["mdtrtinfo"] |= {"mdtrt_cert_type": "02", "mdtrt_cert_no": number(1, "1980-05-06")}
    assert (await here.done("2401", admitting))["result"]["mdtrt_id"]


async def test_queries_tell_what_is_this_institutions(town):
    here, there = await town.hospital(THIRD), await town.hospital(FIRST)
    psn_no = str(town.ids[1])
    visit = (await here.done("2201", c.registering(psn_no)))["data"]["mdtrt_id"]
    await here.done("2203", c.visit_told(psn_no, visit, "14"))
    await here.done("2204", c.fees(psn_no, visit, c.line("1"), c.line("2", c.OWN, "7.00")))
    info = check(await here.done("2206", c.quoting(psn_no, visit, "107.00") | {}))
    settled = check(await here.done("2207", c.settling(psn_no, visit, info)))
    assert settled["med_type"] == "14"
    by = {"psn_no": psn_no, "mdtrt_id": visit}
    found = await here.done("5203", {"data": by})
    assert [(one["setl_id"], one["medfee_sumamt"]) for one in found["setlinfo"]] == [
        (settled["setl_id"], 107)
    ]
    for more, count in (({}, 1), ({"setl_id": settled["setl_id"]}, 1), ({"medins_setl_id": settled["medins_setl_id"]}, 1),
                        ({"setl_id": "1"}, 0), ({"setl_id": settled["setl_id"], "medins_setl_id": "unknown"}, 0)):  # fmt: skip
        assert len((await here.done("5203", {"data": by | more}))["setlinfo"]) == count, more
    assert "至少填写一项" in await here.refused("5203", {"data": {"psn_no": psn_no}})
    rows = (await here.done("5204", {"data": by | {"setl_id": settled["setl_id"]}}))["data"]
    assert [(one["feedetl_sn"], one["chrgitm_lv"], one["fulamt_ownpay_amt"]) for one in rows] == [
        ("1", "01", 0),
        ("2", "03", 7),
    ]
    days = {"begntime": "2019-01-01 00:00:00", "endtime": "2019-01-31 00:00:00"}
    assert len((await here.done("5205", {"data": {"psn_no": psn_no} | days}))["feedetail"]) == 2
    sums = (await here.done("5206", {"data": {"psn_no": psn_no}}))["cuminfo"]
    assert {one["cum_type_code"]: one["cum"] for one in sums} == {"QFX": 0, "FDX": 0}
    for code in ("5203", "5204", "5205", "5206"):
        assert "本机构没有就诊记录" in await there.refused(code, {"data": by | days}), code
    async with town.database.connection() as connection:
        looks = await connection.execute(
            "SELECT count(*) FROM audit_fact WHERE action = 'settlement.person_seen'"
        )
        assert await looks.fetchone() == (9,)


async def test_days_are_reconciled(town):
    here = await town.hospital(THIRD)
    psn_no = str(town.ids[1])
    visit, quoted = await clinic(here, psn_no, c.line("1"), total="100.00")
    first = check(await here.done("2207", c.settling(psn_no, visit, quoted)))
    back = check(await here.done("2208", c.taking_back(first)))
    again = check(await here.done("2206", c.quoting(psn_no, visit, "100.00")))
    second = check(await here.done("2207", c.settling(psn_no, visit, again)))
    asked = {
        "insutype": "310", "clr_type": "11", "setl_optins": "310000", "stmt_begndate": "2019-01-02", "stmt_enddate": "2019-01-02",
        "medfee_sumamt": "100.00", "fund_pay_sumamt": "0", "acct_pay": "100.00", "fixmedins_setl_cnt": 3,
    }  # fmt: skip
    assert (await here.done("3201", {"data": asked}))["stmtinfo"]["stmt_rslt"] == "0"
    only = asked | {
        "refd_setl_flag": "1",
        "medfee_sumamt": "-100.00",
        "acct_pay": "-100.00",
        "fixmedins_setl_cnt": 1,
    }
    assert (await here.done("3201", {"data": only}))["stmtinfo"]["stmt_rslt"] == "0"
    told = (await here.done("3201", {"data": asked | {"clr_type": "21"}}))["stmtinfo"]
    assert told["stmt_rslt"] == "1"
    assert "我方 0 笔" in told["stmt_rslt_dscr"]

    def detail(info, **changed):
        return {"msgid": info["medins_setl_id"], **{name: str(info[name]) for name in
                ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")}} | changed  # fmt: skip

    day = {"setl_optins": "310000", "stmt_begndate": "2019-01-02", "stmt_enddate": "2019-01-02", "medfee_sumamt": "100.00",
           "fund_pay_sumamt": "0", "cash_payamt": "0", "fixmedins_setl_cnt": 3}  # fmt: skip
    three = [detail(first), detail(back), detail(second)]
    assert (await here.done("3202", {"data": day, "detail": three}))["stmtinfo"]["stmt_rslt"] == "0"
    two = {"data": day | {"fixmedins_setl_cnt": 2, "medfee_sumamt": "0"}, "detail": three[:2]}
    differing = await here.done("3202", two)
    assert differing["stmtinfo"]["stmt_rslt"] == "1"
    assert [(one["msgid"], one["medfee_sumamt"]) for one in differing["result"]] == [
        (second["medins_setl_id"], 100)
    ]
    assert "合计不符" in await here.refused("3202", {"data": day, "detail": three[:2]})


async def test_a_referral_is_registered_and_withdrawn(town):
    here = await town.hospital(THIRD)
    psn_no = str(town.ids[1])
    refmedin = {
        "psn_no": psn_no, "diag_code": "C34.900", "diag_name": "肺恶性肿瘤", "reflin_medins_no": "H32010000001",
        "reflin_medins_name": "外省医院", "mdtrtarea_admdvs": "320100", "refl_type": "1", "refl_date": "2019-01-02",
        "refl_rea": "专科治疗", "refl_opnn": "同意", "hosp_agre_refl_flag": "1",
    }  # fmt: skip
    made = (await here.done("2501", {"refmedin": refmedin}))["result"]["trt_dcla_detl_sn"]
    assert "同类备案" in await here.refused("2501", {"refmedin": refmedin})
    there = await town.hospital(FIRST)
    undoing = {"data": {"psn_no": psn_no, "trt_dcla_detl_sn": made}}
    assert "没有此备案" in await there.refused("2502", undoing)
    await here.done("2502", undoing)
    without = {name: value for name, value in refmedin.items() if name != "hosp_agre_refl_flag"}
    assert "缺少" in await here.refused("2501", {"refmedin": without})
